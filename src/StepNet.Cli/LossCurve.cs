namespace StepNet.Cli;

/// <summary>The course of a run's loss in a row of characters: a column is the mean over its share of all steps.</summary>
/// <param name="steps">Steps of the whole run.</param>
internal sealed class LossCurve(long steps)
{
    /// <summary>Columns of the whole run.</summary>
    internal const int Columns = 48;

    private readonly double[] _sums = new double[Math.Min(steps, Columns)];
    private readonly long[] _counts = new long[Math.Min(steps, Columns)];

    /// <summary>Adds a step; one whose loss is not finite leaves no mark.</summary>
    internal void Add(long step, double loss)
    {
        if (double.IsFinite(loss))
        {
            int column = (int)(step * _sums.Length / steps);
            _sums[column] += loss;
            _counts[column]++;
        }
    }

    /// <summary>Up to <paramref name="width"/> columns, the latest where not all fit, with the lowest and the highest mean behind.</summary>
    /// <param name="levels">Characters from low to high.</param>
    /// <param name="width">Columns that there are.</param>
    internal string Draw(string levels, int width)
    {
        double[] means = [.. _sums.Zip(_counts).Where(pair => pair.Second > 0).Select(pair => pair.First / pair.Second)];
        if (means.Length == 0)
        {
            return "";
        }

        double low = means.Min(), high = means.Max();
        string range = $"  loss {Progress.Loss(low)} to {Progress.Loss(high)}";
        double scale = high > low ? (levels.Length - 1) / (high - low) : 0;
        char[] columns = [.. means.TakeLast(Math.Max(width - range.Length, 0)).Select(mean => levels[(int)Math.Round((mean - low) * scale)])];
        return new string(columns) + range;
    }
}
