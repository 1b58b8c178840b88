using StepNet.Graph;

namespace StepNet.Data;

/// <summary>Texts in memory as codes of <see cref="CharacterVocabulary"/>, one byte a character. Any number of threads may read.</summary>
public sealed class TextDataset : IDataset
{
    private readonly byte[][] _texts;
    private readonly int[] _labels;

    /// <param name="texts">The texts; what lies beyond <paramref name="length"/> is cut off.</param>
    /// <param name="labels">One per text, an index into <paramref name="classes"/>.</param>
    /// <param name="length">Characters of an item, at least 1; shorter texts are padded behind.</param>
    /// <param name="classes">Class names.</param>
    /// <exception cref="ArgumentException">The lengths do not fit each other, or a label has no class.</exception>
    public TextDataset(IReadOnlyList<string> texts, IReadOnlyList<int> labels, int length, IReadOnlyList<string> classes)
    {
        ArgumentNullException.ThrowIfNull(texts);
        ArgumentNullException.ThrowIfNull(labels);
        ArgumentNullException.ThrowIfNull(classes);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(length);
        if (texts.Count != labels.Count || labels.Any(label => label < 0 || label >= classes.Count))
        {
            throw new ArgumentException(
                $"TextDataset: {texts.Count} texts, {labels.Count} labels in {labels.DefaultIfEmpty().Min()} to {labels.DefaultIfEmpty().Max()}, "
                + $"{classes.Count} classes; needed are a label for every text, and a class for every label.",
                nameof(labels));
        }

        _texts = [.. texts.Select(text => Encode(text, length))];
        (_labels, ItemShape, Classes) = ([.. labels], Shape.Of(length), classes);
    }

    /// <inheritdoc/>
    public int Count => _texts.Length;

    /// <summary>Characters of a text: <c>[L]</c>.</summary>
    public Shape ItemShape { get; }

    /// <inheritdoc/>
    public IReadOnlyList<string> Classes { get; }

    /// <inheritdoc/>
    public int LabelOf(int index) => _labels[index];

    /// <inheritdoc/>
    /// <remarks>A value is a code of <see cref="CharacterVocabulary"/>, as the number an embedding reads.</remarks>
    public int Read(int index, Span<float> item)
    {
        byte[] text = _texts[index];
        for (int i = 0; i < text.Length; i++)
        {
            item[i] = text[i];
        }

        item[text.Length..ItemShape.ItemCount].Clear(); // CharacterVocabulary.Padding is 0
        return _labels[index];
    }

    private static byte[] Encode(string text, int length)
    {
        byte[] codes = new byte[Math.Min(length, text.Length)];
        return codes[..CharacterVocabulary.Encode(text, codes)];
    }
}
