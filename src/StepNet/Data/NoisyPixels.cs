using StepNet.Graph;
using StepNet.Kernels;

namespace StepNet.Data;

/// <summary>
/// Adds Gaussian noise to every pixel of another set, in units of the normalised pixels (Robust ResNet, figure 17).
/// </summary>
/// <remarks>
/// The noise is a function of (seed, item): the same at every epoch. It is added before normalisation, so a deviation of
/// <c>noise</c> behind it is <c>noise * std[c]</c> here; values leave [0, 1].
/// </remarks>
public sealed class NoisyPixels : IDataset
{
    private static readonly ulong s_key = CounterRandom.KeyOf("noise.pixels");

    private readonly IDataset _clean;
    private readonly float[] _deviations;
    private readonly ulong _seed;

    /// <param name="clean">The set without noise.</param>
    /// <param name="noise">Standard deviation of the noise on normalised pixels, at least 0.</param>
    /// <param name="std">Deviation by which each channel is divided in normalisation.</param>
    /// <param name="seed">Seed of the noise.</param>
    /// <exception cref="ArgumentException">Another number of deviations than channels.</exception>
    public NoisyPixels(IDataset clean, double noise, IReadOnlyList<float> std, ulong seed)
    {
        ArgumentNullException.ThrowIfNull(clean);
        ArgumentNullException.ThrowIfNull(std);
        if (!(noise >= 0 && double.IsFinite(noise)))
        {
            throw new ArgumentOutOfRangeException(nameof(noise), $"NoisyPixels: a deviation of {noise}; it is at least 0.");
        }

        if (std.Count != clean.ItemShape.Channels)
        {
            throw new ArgumentException(
                $"NoisyPixels: {std.Count} deviations for items of {clean.ItemShape}; give one per channel.", nameof(std));
        }

        (_clean, _seed, _deviations) = (clean, seed, [.. std.Select(s => (float)(noise * s))]);
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
        int label = _clean.Read(index, item), plane = item.Length / _deviations.Length;
        CounterRandom random = new(_seed, s_key, (ulong)index);
        for (int i = 0; i < item.Length; i++)
        {
            item[i] += _deviations[i / plane] * (float)random.NextNormal();
        }

        return label;
    }
}
