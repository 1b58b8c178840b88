using System.Numerics;
using StepNet.Kernels;

namespace StepNet.Experiments.Statistics;

/// <summary>How much better one side of each pair is than the other, and how far chance alone would explain it.</summary>
/// <param name="Pairs">Number of pairs.</param>
/// <param name="MeanDifference">Mean of first minus second.</param>
/// <param name="Low">Lower end of the 95 % interval of the mean difference.</param>
/// <param name="High">Upper end.</param>
/// <param name="PGreater">One-sided p: how probable a mean at least as large is, were it decided by tosses on which side of <see cref="Threshold"/> each pair lies.</param>
/// <param name="PLess">The same for a mean at most as large.</param>
public sealed record PairedComparison(int Pairs, double MeanDifference, double Low, double High, double PGreater, double PLess)
{
    /// <summary>What the mean difference is tested against.</summary>
    public double Threshold { get; init; }

    /// <summary>Up to so many pairs every combination of signs is counted; above it signs are drawn.</summary>
    public const int ExactPairs = 20;

    private const int Resamples = 10_000;
    private const int DrawnSigns = 100_000;
    private const ulong Seed = 20_191_012; // any; fixed, so that a verdict is the same each time it is computed

    /// <summary>Compares pairs that share seed and setting.</summary>
    /// <param name="differences">First minus second of each pair; at least one, finite.</param>
    /// <param name="threshold">What their mean is tested against; below 0 the first may be worse by so much.</param>
    /// <remarks>
    /// The interval is the percentile bootstrap over pairs, 10,000 resamples; p is Fisher's sign-flip test of the mean, exact up
    /// to <see cref="ExactPairs"/> pairs. Both draw from a fixed stream.
    /// </remarks>
    /// <exception cref="ArgumentException">There are none, or one is not finite.</exception>
    public static PairedComparison Of(IReadOnlyList<double> differences, double threshold = 0)
    {
        ArgumentNullException.ThrowIfNull(differences);
        if (differences.Count == 0 || !differences.All(double.IsFinite))
        {
            throw new ArgumentException("A comparison needs at least one pair, and finite differences.", nameof(differences));
        }

        double[] values = [.. differences];
        (double low, double high) = Interval(values);
        double[] beyond = [.. values.Select(value => value - threshold)];
        (double greater, double less) = values.Length <= ExactPairs ? ExactFlips(beyond) : DrawnFlips(beyond);
        return new PairedComparison(values.Length, values.Average(), low, high, greater, less) { Threshold = threshold };
    }

    private static (double Low, double High) Interval(double[] values)
    {
        CounterRandom random = new(Seed, 1);
        double[] means = new double[Resamples];
        for (int r = 0; r < Resamples; r++)
        {
            double sum = 0;
            for (int i = 0; i < values.Length; i++)
            {
                sum += values[random.NextInt(values.Length)];
            }

            means[r] = sum / values.Length;
        }

        Array.Sort(means);
        return (Summary.Quantile(means, 0.025), Summary.Quantile(means, 0.975));
    }

    // The sums over all combinations of signs, in the order of a Gray code: each differs from the last by one flip.
    private static (double Greater, double Less) ExactFlips(double[] values)
    {
        double observed = values.Sum(), slack = Slack(values);
        double[] signed = [.. values];
        long combinations = 1L << values.Length, greater = 0, less = 0;
        for (long k = 0; k < combinations; k++)
        {
            if (k > 0)
            {
                int flip = BitOperations.TrailingZeroCount(k);
                signed[flip] = -signed[flip];
            }

            // Summed anew: twenty terms, and no rounding that grows over a million flips.
            double sum = signed.Sum();
            greater += sum >= observed - slack ? 1 : 0;
            less += sum <= observed + slack ? 1 : 0;
        }

        return ((double)greater / combinations, (double)less / combinations);
    }

    // What was seen counts as one of the draws, so p is never 0 (Phipson and Smyth 2010).
    private static (double Greater, double Less) DrawnFlips(double[] values)
    {
        double observed = values.Sum(), slack = Slack(values);
        CounterRandom random = new(Seed, 2);
        long greater = 1, less = 1;
        for (int r = 0; r < DrawnSigns; r++)
        {
            double sum = 0;
            foreach (double value in values)
            {
                sum += (random.NextBits() & 1) == 0 ? value : -value;
            }

            greater += sum >= observed - slack ? 1 : 0;
            less += sum <= observed + slack ? 1 : 0;
        }

        return ((double)greater / (DrawnSigns + 1), (double)less / (DrawnSigns + 1));
    }

    // Equal sums must count as equal whatever order they were added in.
    private static double Slack(double[] values) => 1e-12 * values.Sum(Math.Abs);
}
