using StepNet.Training;

namespace StepNet.Cli;

/// <summary>Lines for a reader at a terminal, all on stderr: stdout is for data.</summary>
/// <remarks>Numbers come with decimal points everywhere: the build sets <c>InvariantGlobalization</c>.</remarks>
internal static class Progress
{
    /// <summary>Holds back everything but errors.</summary>
    internal static bool IsQuiet { get; set; }

    internal static void Line(string text)
    {
        if (!IsQuiet)
        {
            LiveView.WriteAbove(text);
        }
    }

    internal static void Error(string text) => LiveView.WriteAbove(text);

    /// <summary>One epoch.</summary>
    /// <param name="result">What it gave.</param>
    /// <param name="epochs">Epochs asked for; null where time ends the run.</param>
    /// <param name="remainingSeconds">Estimate for the rest of the run.</param>
    internal static void Epoch(EpochResult result, int? epochs, double remainingSeconds)
    {
        string number = epochs is null ? $"{result.Epoch}" : $"{result.Epoch}".PadLeft($"{epochs}".Length) + $"/{epochs}";
        string validation = result.Validation is null ? "" : $"  validation {100 * result.Validation.Accuracy,5:f1} %";
        string test = result.Test is null ? "" : $"  test {100 * result.Test.Accuracy,5:f1} %";

        // A run whose loss is lost has no rest.
        bool goesOn = remainingSeconds > 0 && double.IsFinite(result.Loss + (result.Validation?.Loss ?? 0));
        string eta = goesOn ? $"  eta {Duration(remainingSeconds)}" : "";
        Line($"epoch {number}  loss {Loss(result.Loss)}  train {100 * result.Accuracy,5:f1} %{validation}{test}"
            + $"  lr {result.LearningRate:g3}  {result.ImagesPerSecond:n0} images/s{eta}");
    }

    /// <summary><c>0.123</c>; of a loss that ran away the order of magnitude.</summary>
    internal static string Loss(double loss) => Math.Abs(loss) < 10_000 ? $"{loss:f3}" : $"{loss:g4}";

    /// <summary><c>3 min 10 s</c>.</summary>
    internal static string Duration(double seconds)
    {
        long s = (long)Math.Ceiling(seconds);
        return s < 60 ? $"{s} s"
            : s < 3600 ? $"{s / 60} min {s % 60} s"
            : $"{s / 3600} h {s % 3600 / 60} min";
    }
}
