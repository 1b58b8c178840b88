using StepNet.Training;

namespace StepNet.Cli;

/// <summary>Lines for a reader at a terminal, all on stderr: stdout is for data.</summary>
/// <remarks>Numbers come with decimal points everywhere: the build sets <c>InvariantGlobalization</c>.</remarks>
internal static class Progress
{
    internal static void Line(string text) => Console.Error.WriteLine(text);

    /// <summary>One epoch.</summary>
    /// <param name="result">What it gave.</param>
    /// <param name="epochs">Epochs asked for.</param>
    /// <param name="remainingSeconds">Estimate for the rest of the run.</param>
    internal static void Epoch(EpochResult result, int epochs, double remainingSeconds)
    {
        string number = $"{result.Epoch}".PadLeft($"{epochs}".Length);
        string test = result.Test is null ? "" : $"  test {100 * result.Test.Accuracy,5:f1} %";

        // A run whose loss is lost has no rest.
        bool goesOn = remainingSeconds > 0 && double.IsFinite(result.Loss + (result.Test?.Loss ?? 0));
        string eta = goesOn ? $"  eta {Duration(remainingSeconds)}" : "";
        string loss = Math.Abs(result.Loss) < 10_000 ? $"{result.Loss:f3}" : $"{result.Loss:g4}";
        Line($"epoch {number}/{epochs}  loss {loss}  train {100 * result.Accuracy,5:f1} %{test}"
            + $"  lr {result.LearningRate:g3}  {result.ImagesPerSecond:n0} images/s{eta}");
    }

    /// <summary><c>3 min 10 s</c>.</summary>
    internal static string Duration(double seconds)
    {
        long s = (long)Math.Ceiling(seconds);
        return s < 60 ? $"{s} s"
            : s < 3600 ? $"{s / 60} min {s % 60} s"
            : $"{s / 3600} h {s % 3600 / 60} min";
    }
}
