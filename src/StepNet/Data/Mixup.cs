using System.Buffers;
using StepNet.Kernels;

namespace StepNet.Data;

/// <summary>
/// Mixes every item of a batch with the one behind it, and their labels alike: <c>w x_i + (1 - w) x_(i+1)</c>, w drawn from
/// Beta(alpha, alpha) for each item (Zhang et al. 2018, equation 1).
/// </summary>
/// <remarks>
/// The order of a batch is random, so its neighbours are random pairs; the last item takes the first. Not for texts: between two
/// characters' codes lies that of a third.
/// </remarks>
public sealed class Mixup
{
    private static readonly ulong s_key = CounterRandom.KeyOf("mixup");

    private readonly double _alpha;

    /// <param name="alpha">Above 0: small values leave most items nearly alone, 1 makes every weight as likely.</param>
    public Mixup(double alpha)
    {
        if (!(alpha > 0 && double.IsFinite(alpha)))
        {
            throw new ArgumentOutOfRangeException(nameof(alpha), $"Mixup: an alpha of {alpha}; it is above 0.");
        }

        _alpha = alpha;
    }

    /// <summary>Mixes the items of a filled batch and writes its class probabilities.</summary>
    /// <param name="batch">Has room for probabilities.</param>
    /// <param name="indices">Index of each item in its set: with seed and epoch the key of its weight.</param>
    /// <param name="seed">Seed of the weights.</param>
    /// <param name="epoch">Number of the epoch.</param>
    internal void Apply(Batch batch, ReadOnlySpan<int> indices, ulong seed, int epoch)
    {
        int n = batch.Count, size = batch.Items.Length / batch.Labels.Length, classes = batch.Probabilities.Length / batch.Labels.Length;
        float[] rented = ArrayPool<float>.Shared.Rent(size);
        Span<float> first = rented.AsSpan(0, size);
        batch.Items.AsSpan(0, size).CopyTo(first);
        batch.Probabilities.AsSpan(0, n * classes).Clear();
        for (int i = 0; i < n; i++)
        {
            CounterRandom random = new(seed, s_key, (ulong)epoch, (ulong)indices[i]);
            float weight = (float)NextWeight(_alpha, ref random);
            int next = (i + 1) % n;
            Span<float> item = batch.Items.AsSpan(i * size, size), other = next == 0 ? first : batch.Items.AsSpan(next * size, size);
            for (int k = 0; k < size; k++)
            {
                item[k] = (weight * item[k]) + ((1 - weight) * other[k]);
            }

            batch.Probabilities[(i * classes) + (int)batch.Labels[i]] += weight;
            batch.Probabilities[(i * classes) + (int)batch.Labels[next]] += 1 - weight;
        }

        ArrayPool<float>.Shared.Return(rented);
    }

    /// <summary>A draw from Beta(alpha, alpha).</summary>
    internal static double NextWeight(double alpha, ref CounterRandom random)
    {
        // g / (g + g') of two Gamma(alpha) draws; as logarithms, since a small alpha makes both too small for a double.
        double log = NextLogGamma(alpha, ref random), logOther = NextLogGamma(alpha, ref random);
        return 1 / (1 + Math.Exp(logOther - log));
    }

    // Marsaglia and Tsang 2000: Gamma(alpha + 1) by rejection, then times U^(1 / alpha).
    private static double NextLogGamma(double alpha, ref CounterRandom random)
    {
        double d = alpha + (2.0 / 3), c = 1 / Math.Sqrt(9 * d), x, v;
        do
        {
            x = random.NextNormal();
            v = Math.Pow(1 + (c * x), 3);
        }
        while (v <= 0 || Math.Log(1 - random.NextDouble()) >= (0.5 * x * x) + (d * (1 - v + Math.Log(v))));

        return Math.Log(d * v) + (Math.Log(1 - random.NextDouble()) / alpha);
    }
}
