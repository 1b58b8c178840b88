using StepNet.Graph;
using StepNet.Kernels;

namespace StepNet.Data;

/// <summary>
/// Replaces characters of another set's texts, spaces included, by random lower-case letters, each with the same probability
/// (Robust ResNet, figure 17).
/// </summary>
/// <remarks>Padding stays. The noise is a function of (seed, item): the same at every epoch.</remarks>
public sealed class NoisyCharacters : IDataset
{
    private static readonly ulong s_key = CounterRandom.KeyOf("noise.characters");

    private readonly IDataset _clean;
    private readonly double _share;
    private readonly ulong _seed;

    /// <param name="clean">Texts as codes of <see cref="CharacterVocabulary"/>.</param>
    /// <param name="share">Expected share of the characters that are replaced, in [0, 1].</param>
    /// <param name="seed">Seed of the noise.</param>
    public NoisyCharacters(IDataset clean, double share, ulong seed)
    {
        ArgumentNullException.ThrowIfNull(clean);
        if (!(share is >= 0 and <= 1))
        {
            throw new ArgumentOutOfRangeException(nameof(share), $"NoisyCharacters: a share of {share}; it lies in [0, 1].");
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
        int label = _clean.Read(index, item);
        CounterRandom random = new(_seed, s_key, (ulong)index);
        foreach (ref float code in item)
        {
            if (code != CharacterVocabulary.Padding && random.NextDouble() < _share)
            {
                code = CharacterVocabulary.CodeOf((char)('a' + random.NextInt(26)));
            }
        }

        return label;
    }
}
