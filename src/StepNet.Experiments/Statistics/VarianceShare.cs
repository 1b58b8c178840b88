using StepNet.Kernels;

namespace StepNet.Experiments.Statistics;

/// <summary>
/// Analysis of variance by permutation: which share of the variance lies between groups, and how far chance alone would make one so
/// large (Anderson 2001, for vectors: distances are Euclidean, and nothing need be normal).
/// </summary>
/// <param name="Observations">How many.</param>
/// <param name="Share">Sum of squares between the groups over that in all; 0 where nothing varies.</param>
/// <param name="Low">Lower end of the 95 % interval of the share.</param>
/// <param name="High">Upper end.</param>
/// <param name="PGreater">How probable a share at least as large is, did the groups say nothing.</param>
/// <param name="PLess">The same for a share at most as large.</param>
public sealed record VarianceShare(int Observations, double Share, double Low, double High, double PGreater, double PLess)
{
    private const int Resamples = 2_000;
    private const int Permutations = 9_999;
    private const ulong Seed = 20_240_818; // any; fixed, so that a verdict is the same each time it is computed

    /// <summary>Analyses observations.</summary>
    /// <param name="blocks">
    /// Observations that may be exchanged for each other, block by block: each a group and a value of one length in all. Where whole trials
    /// are observed all are one block; where each trial has an observation of every group, it is a block.
    /// </param>
    /// <remarks>
    /// p counts permutations of the groups within blocks, 9,999 that are drawn and the one that was seen, so it is never 0. The interval is
    /// the percentile bootstrap, over blocks where there are several, else over the observations of each group; a share cannot be
    /// below 0, so it leans upwards. Both draw from fixed streams.
    /// </remarks>
    /// <exception cref="ArgumentException">There is no observation, or one is not finite or of another length.</exception>
    public static VarianceShare Of(IReadOnlyList<IReadOnlyList<(int Group, double[] Value)>> blocks)
    {
        ArgumentNullException.ThrowIfNull(blocks);
        (int Group, double[] Value)[] all = [.. blocks.SelectMany(block => block)];
        if (all.Length == 0 || all.Any(one => one.Value.Length != all[0].Value.Length || !one.Value.All(double.IsFinite)))
        {
            throw new ArgumentException("An analysis of variance needs observations, finite and of one length.", nameof(blocks));
        }

        double share = Of(all), slack = 1e-12;
        CounterRandom random = new(Seed, 1);
        int greater = 1, less = 1;
        (int Group, double[] Value)[] shuffled = [.. all];
        for (int r = 0; r < Permutations; r++)
        {
            int from = 0;
            foreach (IReadOnlyList<(int Group, double[] Value)> block in blocks)
            {
                for (int i = block.Count - 1; i > 0; i--)
                {
                    int j = from + random.NextInt(i + 1);
                    (shuffled[from + i].Group, shuffled[j].Group) = (shuffled[j].Group, shuffled[from + i].Group);
                }

                from += block.Count;
            }

            double other = Of(shuffled);
            greater += other >= share - slack ? 1 : 0;
            less += other <= share + slack ? 1 : 0;
        }

        (double low, double high) = Interval(blocks, all);
        return new VarianceShare(all.Length, share, low, high, greater / (Permutations + 1.0), less / (Permutations + 1.0));
    }

    private static (double Low, double High) Interval(
        IReadOnlyList<IReadOnlyList<(int Group, double[] Value)>> blocks, (int Group, double[] Value)[] all)
    {
        CounterRandom random = new(Seed, 2);
        (int Group, double[] Value)[][] groups = [.. all.GroupBy(one => one.Group).Select(group => group.ToArray())];
        double[] shares = new double[Resamples];
        for (int r = 0; r < Resamples; r++)
        {
            (int Group, double[] Value)[] drawn = blocks.Count > 1
                ? [.. Enumerable.Range(0, blocks.Count).SelectMany(_ => blocks[random.NextInt(blocks.Count)])]
                : [.. groups.SelectMany(group => Enumerable.Range(0, group.Length).Select(_ => group[random.NextInt(group.Length)]))];
            shares[r] = Of(drawn);
        }

        Array.Sort(shares);
        return (Summary.Quantile(shares, 0.025), Summary.Quantile(shares, 0.975));
    }

    // Between: n_g |m_g - m|^2 over the groups; in all: |x - m|^2. Sums from the mean, so that large means cost no digits.
    private static double Of((int Group, double[] Value)[] observations)
    {
        int length = observations[0].Value.Length, groups = 0;
        double[] mean = new double[length];
        foreach ((int group, double[] value) in observations)
        {
            groups = Math.Max(groups, group + 1);
            for (int k = 0; k < length; k++)
            {
                mean[k] += value[k] / observations.Length;
            }
        }

        double[] sums = new double[groups * length];
        int[] counts = new int[groups];
        double all = 0, between = 0;
        foreach ((int group, double[] value) in observations)
        {
            counts[group]++;
            for (int k = 0; k < length; k++)
            {
                double from = value[k] - mean[k];
                sums[(group * length) + k] += from;
                all += from * from;
            }
        }

        for (int i = 0; i < sums.Length; i++)
        {
            between += counts[i / length] > 0 ? sums[i] * sums[i] / counts[i / length] : 0;
        }

        return all > 0 ? between / all : 0;
    }
}
