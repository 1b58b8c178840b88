using StepNet.Graph;
using StepNet.Kernels;

namespace StepNet.Data;

/// <summary>Flips labels of another set to another class, each with the same probability, each other class as likely.</summary>
/// <remarks>The flips are a function of (seed, item): the same at every epoch.</remarks>
public sealed class NoisyLabels : IDataset
{
    private static readonly ulong s_key = CounterRandom.KeyOf("noise.labels");

    private readonly IDataset _clean;
    private readonly double _share;
    private readonly ulong _seed;

    /// <param name="clean">The set without noise, of at least two classes.</param>
    /// <param name="share">Expected share of the labels that are wrong, in [0, 1].</param>
    /// <param name="seed">Seed of the noise.</param>
    public NoisyLabels(IDataset clean, double share, ulong seed)
    {
        ArgumentNullException.ThrowIfNull(clean);
        ArgumentOutOfRangeException.ThrowIfLessThan(clean.Classes.Count, 2, nameof(clean));
        if (!(share is >= 0 and <= 1))
        {
            throw new ArgumentOutOfRangeException(nameof(share), $"NoisyLabels: a share of {share}; it lies in [0, 1].");
        }

        (_clean, _share, _seed) = (clean, share, seed);
    }

    /// <inheritdoc/>
    public int Count => _clean.Count;

    /// <inheritdoc/>
    public Shape ItemShape => _clean.ItemShape;

    /// <inheritdoc/>
    public IReadOnlyList<string> Classes => _clean.Classes;

    /// <inheritdoc/>
    public int Read(int index, Span<float> item)
    {
        int label = _clean.Read(index, item), classes = Classes.Count;
        CounterRandom random = new(_seed, s_key, (ulong)index);
        return random.NextDouble() < _share ? (label + 1 + random.NextInt(classes - 1)) % classes : label;
    }
}
