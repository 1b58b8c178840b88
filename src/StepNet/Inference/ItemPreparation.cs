using System.Buffers;
using StepNet.Data;
using StepNet.Graph;
using StepNet.Imaging;
using StepNet.Kernels;
using StepNet.Models;

namespace StepNet.Inference;

/// <summary>From an image or a text to the numbers of an item, by the same code as data sets of one's own take in training.</summary>
internal sealed class ItemPreparation
{
    private readonly ModelCard _card;
    private readonly Normalize? _normalize;

    public ItemPreparation(ModelCard card)
    {
        _card = card;
        _normalize = card.Mean.Count == 0 ? null : new Normalize(card.Mean, card.Std);
    }

    public bool ReadsTexts => _card.Options?.TextVocabulary == CharacterVocabulary.Count;

    public bool ReadsImages => _card.Item.Dims.Length == 3;

    /// <summary>Scales the shorter side, cuts the middle out, normalises.</summary>
    /// <exception cref="InvalidOperationException">The network reads no such images.</exception>
    public void Image(RgbImage image, Span<float> item)
    {
        Shape shape = _card.Item;
        if (!ReadsImages)
        {
            throw new InvalidOperationException($"{_card.Name} reads {(ReadsTexts ? "texts" : "items")} {shape}, not images.");
        }

        if (shape.Height != shape.Width || shape.Channels is not (1 or 3))
        {
            throw new InvalidOperationException(
                $"{_card.Name} reads items {shape}. A picture becomes a square one of 1 or 3 channels; feed these as numbers.");
        }

        byte[] planes = ImageFolderDataset.Fit(image, shape.Height);
        int plane = shape.Height * shape.Width;
        if (shape.Channels == 1)
        {
            Grey(planes, plane);
        }

        ImageDataset.ToUnit(planes.AsSpan(0, shape.ItemCount), item);
        CounterRandom unused = default;
        _normalize?.Apply(item, shape, ref unused);
    }

    /// <summary>Codes of the characters, without blanks around them, cut and padded: as data sets of one's own read them.</summary>
    /// <exception cref="InvalidOperationException">The network reads no texts.</exception>
    public void Text(ReadOnlySpan<char> text, Span<float> item)
    {
        if (!ReadsTexts)
        {
            throw new InvalidOperationException($"{_card.Name} reads {(ReadsImages ? "images" : "items")} {_card.Item}, not texts of characters.");
        }

        byte[] codes = ArrayPool<byte>.Shared.Rent(item.Length);
        int length = CharacterVocabulary.Encode(text.Trim(), codes.AsSpan(0, item.Length));
        for (int i = 0; i < length; i++)
        {
            item[i] = codes[i];
        }

        item[length..].Clear(); // CharacterVocabulary.Padding is 0
        ArrayPool<byte>.Shared.Return(codes);
    }

    // Luma of ITU-R 601, which Pillow takes for its mode L.
    private static void Grey(Span<byte> planes, int plane)
    {
        for (int i = 0; i < plane; i++)
        {
            planes[i] = (byte)(((19595 * planes[i]) + (38470 * planes[plane + i]) + (7471 * planes[(2 * plane) + i]) + 0x8000) >> 16);
        }
    }
}
