namespace StepNet.Experiments.Statistics;

/// <summary>What a handful of numbers looks like, seeds of one setting for instance.</summary>
/// <param name="Count">How many, at least 1.</param>
/// <param name="Mean">Arithmetic mean.</param>
/// <param name="StandardDeviation">Of the sample, divided by n - 1; 0 for a single number.</param>
/// <param name="Minimum">Least.</param>
/// <param name="LowerQuartile">A quarter of the way through the sorted numbers.</param>
/// <param name="Median">Half the way.</param>
/// <param name="UpperQuartile">Three quarters of the way.</param>
/// <param name="Maximum">Greatest.</param>
public sealed record Summary(
    int Count,
    double Mean,
    double StandardDeviation,
    double Minimum,
    double LowerQuartile,
    double Median,
    double UpperQuartile,
    double Maximum)
{
    /// <summary>Summarises numbers.</summary>
    /// <param name="values">At least one; finite: what diverged is to be replaced first, at chance.</param>
    /// <exception cref="ArgumentException">There are none, or one is not finite.</exception>
    public static Summary Of(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        if (sorted.Length == 0 || !sorted.All(double.IsFinite))
        {
            throw new ArgumentException("A summary needs at least one number, and all of them finite.", nameof(values));
        }

        double mean = sorted.Average();
        double squares = sorted.Sum(value => (value - mean) * (value - mean));
        return new Summary(
            sorted.Length,
            mean,
            sorted.Length == 1 ? 0 : Math.Sqrt(squares / (sorted.Length - 1)),
            sorted[0],
            Quantile(sorted, 0.25),
            Quantile(sorted, 0.5),
            Quantile(sorted, 0.75),
            sorted[^1]);
    }

    /// <summary>The number a share of the way through a sorted list, between neighbours in proportion (Hyndman and Fan's type 7).</summary>
    /// <param name="sorted">Ascending, at least one.</param>
    /// <param name="share">In [0, 1].</param>
    public static double Quantile(IReadOnlyList<double> sorted, double share)
    {
        ArgumentNullException.ThrowIfNull(sorted);
        double place = share * (sorted.Count - 1);
        int below = (int)Math.Floor(place), above = Math.Min(below + 1, sorted.Count - 1);
        return sorted[below] + ((place - below) * (sorted[above] - sorted[below]));
    }
}
