using StepNet.Graph;
using StepNet.Kernels;

namespace StepNet.Data;

/// <summary>
/// Two half circles that reach into each other, points <c>[2]</c> of two classes, generated: scikit-learn's
/// <c>make_moons</c> with <c>t</c> uniform in [0, pi] instead of evenly spaced.
/// </summary>
/// <remarks>
/// Outer <c>(cos t, sin t)</c>, inner <c>(1 - cos t, 0.5 - sin t)</c>, and Gaussian noise on both coordinates. Item <c>i</c> is a
/// function of (seed, split, i) alone, class <c>i mod 2</c>; any number of threads may read.
/// </remarks>
public sealed class TwoMoonsDataset : IDataset
{
    private readonly double _noise;
    private readonly ulong _seed;
    private readonly ulong _splitKey;

    /// <param name="count">Number of points, at least 1; a longer set begins with the points of a shorter one.</param>
    /// <param name="noise">Standard deviation of the noise, at least 0.</param>
    /// <param name="seed">Seed of all points.</param>
    /// <param name="split">Name of the split, such as "train" or "test"; every name gives points of its own.</param>
    public TwoMoonsDataset(int count, double noise, ulong seed, string split)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(count);
        ArgumentException.ThrowIfNullOrEmpty(split);
        if (!(noise >= 0 && double.IsFinite(noise)))
        {
            throw new ArgumentOutOfRangeException(nameof(noise), $"TwoMoonsDataset: a deviation of {noise}; it is at least 0.");
        }

        (Count, _noise, _seed, _splitKey) = (count, noise, seed, CounterRandom.KeyOf(split));
    }

    /// <inheritdoc/>
    public int Count { get; }

    /// <inheritdoc/>
    public Shape ItemShape { get; } = Shape.Of(2);

    /// <summary>The classes, in the order of the labels.</summary>
    public static IReadOnlyList<string> ClassNames { get; } = ["outer", "inner"];

    /// <inheritdoc/>
    public IReadOnlyList<string> Classes => ClassNames;

    /// <inheritdoc/>
    public int Read(int index, Span<float> item)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, Count);
        CounterRandom random = new(_seed, _splitKey, (ulong)index);
        int label = index % 2;
        (double sin, double cos) = Math.SinCos(random.NextUniform(0, Math.PI));
        (double x, double y) = label == 0 ? (cos, sin) : (1 - cos, 0.5 - sin);
        item[0] = (float)(x + (_noise * random.NextNormal()));
        item[1] = (float)(y + (_noise * random.NextNormal()));
        return label;
    }
}
