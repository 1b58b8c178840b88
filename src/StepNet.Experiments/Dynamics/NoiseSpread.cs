using StepNet.Kernels;
using StepNet.Nn;

namespace StepNet.Experiments.Dynamics;

/// <summary>How far noise on the input has come behind a block (Towards Robust ResNet, section 3.2).</summary>
/// <param name="Block">Blocks done: 0 is what the first block adds to.</param>
/// <param name="Module">Path of the block; empty for block 0.</param>
/// <param name="Mean">Mean over the items of <c>||x_n^eps - x_n||</c>, over all numbers of an item.</param>
/// <param name="Largest">Its maximum over the items.</param>
/// <param name="Branch">Largest <c>||F(x_n^eps) - F(x_n)||</c> in this block; 0 for block 0.</param>
/// <param name="Bound">
/// Proposition 2's bound on <paramref name="Largest"/>, <c>eps_0 + h_1 W_1 + ... + h_n W_n</c> with W_n the <paramref name="Branch"/>
/// of each block: the sharp form of <c>eps + h n W</c>, W the largest of them. Null from the first block on that the proposition does
/// not hold for: a shortcut that is no identity, or a skip weight that is not 1.
/// </param>
public sealed record NoiseSpread(int Block, string Module, double Mean, double Largest, double Branch, double? Bound)
{
    /// <summary>Runs a network on items and on the same items with noise, in prediction.</summary>
    /// <param name="model">A network with residual blocks.</param>
    /// <param name="items">A batch, <c>[N, ...]</c>, of numbers: noise on ids of characters would be no ids.</param>
    /// <param name="epsilon">Norm of the noise of every item, above 0; its direction is drawn at random.</param>
    /// <param name="seed">Equal seeds give equal noise.</param>
    public static IReadOnlyList<NoiseSpread> Of(Module model, NdArray items, double epsilon, ulong seed)
    {
        ArgumentNullException.ThrowIfNull(items);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(epsilon);
        List<double> start = [];
        List<(ResidualBlock Block, List<double> Outputs, List<double> Branches)> blocks = [];
        foreach ((IReadOnlyList<BlockOutput> plain, IReadOnlyList<BlockOutput> noisy) in
            BlockOutputs.InParts(model, items).Zip(BlockOutputs.InParts(model, WithNoise(items, epsilon, seed))))
        {
            if (blocks.Count == 0)
            {
                blocks.AddRange(plain.Select(output => (output.Block, new List<double>(), new List<double>())));
            }

            start.AddRange(Distances(plain[0].Shortcut, noisy[0].Shortcut));
            for (int i = 0; i < plain.Count; i++)
            {
                blocks[i].Outputs.AddRange(Distances(plain[i].Output, noisy[i].Output));
                blocks[i].Branches.AddRange(Distances(plain[i].Increment, noisy[i].Increment));
            }
        }

        List<NoiseSpread> rows = blocks.Count == 0 ? [] : [new NoiseSpread(0, "", start.Average(), Farthest(start), 0, Farthest(start))];
        foreach ((int i, (ResidualBlock block, List<double> outputs, List<double> branches)) in blocks.Index())
        {
            double branch = Farthest(branches);
            rows.Add(new NoiseSpread(
                i + 1, block.Path, outputs.Average(), Farthest(outputs), branch, IsCovered(block) ? rows[^1].Bound + (LargestStep(block.Step) * branch) : null));
        }

        return rows;
    }

    // What is no number any more went beyond all numbers; Max would pass over it.
    private static double Farthest(List<double> distances) => distances.Max(distance => double.IsNaN(distance) ? double.PositiveInfinity : distance);

    // Proposition 2: x + h F(x) behind a function that brings no two points further apart.
    private static bool IsCovered(ResidualBlock block) => block.Shortcut is null && block.Skip.Trained is null && block.Skip.Value == 1;

    private static double LargestStep(Coefficient step) => step.Trained?.Values.Max(value => Math.Abs((double)value)) ?? Math.Abs(step.Value);

    private static NdArray WithNoise(NdArray items, double epsilon, ulong seed)
    {
        int n = items.Dims[0], count = items.Values.Length / n;
        float[] values = [.. items.Values];
        for (int i = 0; i < n; i++)
        {
            CounterRandom random = new(seed, CounterRandom.KeyOf("noise-direction"), (ulong)i);
            double[] direction = new double[count];
            foreach (ref double value in direction.AsSpan())
            {
                value = random.NextNormal();
            }

            double scale = epsilon / Math.Sqrt(direction.Sum(value => value * value));
            for (int k = 0; k < count; k++)
            {
                values[(i * count) + k] += (float)(scale * direction[k]);
            }
        }

        return new NdArray(values, [.. items.Dims]);
    }

    private static double[] Distances(NdArray a, NdArray b)
    {
        int n = a.Dims[0], count = a.Values.Length / n;
        return [.. Enumerable.Range(0, n).Select(i =>
        {
            double sum = 0;
            for (int k = i * count; k < (i + 1) * count; k++)
            {
                double difference = (double)a.Values[k] - b.Values[k];
                sum += difference * difference;
            }

            return Math.Sqrt(sum);
        })];
    }
}
