using StepNet.Kernels;

namespace StepNet.Experiments.Search;

/// <summary>
/// Chooses the next trials where a Gaussian process over those done expects the largest improvement (Jones et al. 1998). Keeps no
/// state: the same observations and seed give the same proposals, so a search resumes from its rows.
/// </summary>
/// <param name="axes">What is searched, at least one.</param>
/// <param name="seed">Of the proposals.</param>
public sealed class BayesianSearch(IReadOnlyList<SearchAxis> axes, ulong seed)
{
    private const int Candidates = 2_000;
    private const int Refinements = 200;

    /// <summary>Trials before the process is asked: a curve through fewer points says nothing. One an axis and three more.</summary>
    public int Initial => axes.Count + 3;

    /// <summary>Where to look next.</summary>
    /// <param name="observations">Values by axis, and the score that is to be large, of the trials done and of those under way (at
    /// their predicted score).</param>
    /// <returns>A value for each axis.</returns>
    public double[] Propose(IReadOnlyList<(double[] Values, double Score)> observations)
    {
        ArgumentNullException.ThrowIfNull(observations);
        CounterRandom random = new(seed, (ulong)observations.Count);
        if (observations.Count < Initial)
        {
            return FromUnit(Spread(observations.Count));
        }

        GaussianProcess process = Fit(observations);
        double best = observations.Max(observation => process.Predict(ToUnit(observation.Values)).Mean);
        bool isGrid = axes.All(axis => axis.Integer);
        HashSet<string> known = isGrid ? [.. observations.Select(observation => Key(ToUnit(observation.Values)))] : [];
        (double[] Point, double Gain) top = (Draw(ref random), double.NegativeInfinity);
        for (int i = 0; i < Candidates; i++)
        {
            top = Better(top, Draw(ref random));
        }

        // Then around the best: ever closer steps on all axes.
        for (int i = 0; i < Refinements; i++)
        {
            double reach = 0.1 * Math.Pow(0.01, (double)i / Refinements);
            double[] near = new double[axes.Count];
            for (int k = 0; k < near.Length; k++)
            {
                near[k] = Math.Clamp(top.Point[k] + (reach * random.NextNormal()), 0, 1);
            }

            top = Better(top, near);
        }

        return FromUnit(top.Point);

        (double[] Point, double Gain) Better((double[] Point, double Gain) a, double[] point)
        {
            // What is known gains nothing: a whole number between two others would otherwise be proposed again and again.
            double[] tried = [.. point.Select((unit, k) => axes[k].Snap(unit))];
            (double mean, double deviation) = process.Predict(tried);
            double gain = isGrid && known.Contains(Key(tried)) ? -1 : ExpectedImprovement(mean, deviation, best);
            return gain > a.Gain ? (tried, gain) : a;
        }

        string Key(double[] point) => string.Join(' ', point.Select((unit, k) => Math.Round(axes[k].FromUnit(unit))));
    }

    /// <summary>The process over what was observed, for its picture; points in the unit cube, see <see cref="SearchAxis.ToUnit"/>.</summary>
    public GaussianProcess Fit(IReadOnlyList<(double[] Values, double Score)> observations)
    {
        ArgumentNullException.ThrowIfNull(observations);
        return GaussianProcess.Fit([.. observations.Select(o => ToUnit(o.Values))], [.. observations.Select(o => o.Score)]);
    }

    /// <summary>Mean of <c>max(score - best, 0)</c> for a normally distributed score.</summary>
    internal static double ExpectedImprovement(double mean, double deviation, double best)
    {
        double gain = mean - best;
        if (deviation <= 1e-12)
        {
            return Math.Max(gain, 0);
        }

        double z = gain / deviation;
        return (gain * NormalCumulative(z)) + (deviation * Math.Exp(-0.5 * z * z) / Math.Sqrt(2 * Math.PI));
    }

    // Halton's sequence from its second point on, shifted by the seed: the first trials fill the cube evenly.
    private double[] Spread(int index)
    {
        ReadOnlySpan<int> primes = [2, 3, 5, 7, 11, 13, 17, 19];
        double[] point = new double[axes.Count];
        for (int k = 0; k < point.Length; k++)
        {
            double value = new CounterRandom(seed, 0, (ulong)k).NextDouble(), part = 1;
            int radix = primes[k % primes.Length];
            for (int rest = index + 1; rest > 0; rest /= radix)
            {
                part /= radix;
                value += part * (rest % radix);
            }

            point[k] = value % 1;
        }

        return point;
    }

    private double[] Draw(ref CounterRandom random)
    {
        double[] point = new double[axes.Count];
        for (int k = 0; k < point.Length; k++)
        {
            point[k] = random.NextDouble();
        }

        return point;
    }

    private double[] ToUnit(double[] values) => [.. values.Select((value, k) => axes[k].ToUnit(value))];

    private double[] FromUnit(double[] point) => [.. point.Select((unit, k) => axes[k].FromUnit(unit))];

    // Abramowitz and Stegun 7.1.26 for the error function: 1.5e-7 off at most.
    private static double NormalCumulative(double z)
    {
        double x = Math.Abs(z) / Math.Sqrt(2), t = 1 / (1 + (0.3275911 * x));
        double tail = t * (0.254829592 + (t * (-0.284496736 + (t * (1.421413741 + (t * (-1.453152027 + (t * 1.061405429))))))));
        double cumulative = 1 - (0.5 * tail * Math.Exp(-x * x));
        return z >= 0 ? cumulative : 1 - cumulative;
    }
}
