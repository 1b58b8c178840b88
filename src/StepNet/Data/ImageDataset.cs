using System.Numerics;
using StepNet.Graph;

namespace StepNet.Data;

/// <summary>Images in memory, one byte a value: a quarter of what floats would take. Any number of threads may read.</summary>
public sealed class ImageDataset : IDataset
{
    private readonly byte[] _pixels;
    private readonly byte[] _labels;
    private readonly int _itemCount;

    /// <param name="pixels">All items one after the other, <c>[Count, C, H, W]</c>; kept, not copied.</param>
    /// <param name="labels">One per item, an index into <paramref name="classes"/>; kept, not copied.</param>
    /// <param name="itemShape">Shape of one item, without the batch.</param>
    /// <param name="classes">Class names.</param>
    /// <exception cref="ArgumentException">The lengths do not fit each other, or a label has no class.</exception>
    public ImageDataset(byte[] pixels, byte[] labels, Shape itemShape, IReadOnlyList<string> classes)
    {
        ArgumentNullException.ThrowIfNull(pixels);
        ArgumentNullException.ThrowIfNull(labels);
        ArgumentNullException.ThrowIfNull(classes);
        if (itemShape.Batched || pixels.LongLength != (long)labels.Length * itemShape.ItemCount)
        {
            throw new ArgumentException(
                $"ImageDataset: {pixels.Length} bytes for {labels.Length} labels and items of {itemShape}; needed are "
                + $"labels x {itemShape.ItemCount} bytes and an item shape without a batch.",
                nameof(pixels));
        }

        int stray = labels.AsSpan().IndexOfAnyExceptInRange((byte)0, (byte)Math.Clamp(classes.Count - 1, 0, 255));
        if (stray >= 0)
        {
            throw new ArgumentException(
                $"ImageDataset: item {stray} has label {labels[stray]}; with {classes.Count} classes a label lies in "
                + $"[0, {classes.Count}). Correct the labels or name every class.",
                nameof(labels));
        }

        (_pixels, _labels, _itemCount) = (pixels, labels, itemShape.ItemCount);
        (ItemShape, Classes) = (itemShape, classes);
    }

    /// <inheritdoc/>
    public int Count => _labels.Length;

    /// <inheritdoc/>
    public Shape ItemShape { get; }

    /// <inheritdoc/>
    public IReadOnlyList<string> Classes { get; }

    /// <inheritdoc/>
    public int LabelOf(int index) => _labels[index];

    /// <inheritdoc/>
    /// <remarks>A value is <c>byte / 255</c>, correctly rounded.</remarks>
    public int Read(int index, Span<float> item)
    {
        int label = _labels[index];
        ToUnit(_pixels.AsSpan(index * _itemCount, _itemCount), item[.._itemCount]);
        return label;
    }

    // Values in [0, 1]. Widens one vector of bytes to four of floats. The division costs nothing here: the loop waits for the bytes.
    internal static void ToUnit(ReadOnlySpan<byte> bytes, Span<float> values)
    {
        Vector<float> full = new(255f);
        int i = 0;
        for (; i <= bytes.Length - Vector<byte>.Count; i += Vector<byte>.Count)
        {
            Vector.Widen(new Vector<byte>(bytes[i..]), out Vector<ushort> low, out Vector<ushort> high);
            Store(low, values[i..]);
            Store(high, values[(i + Vector<ushort>.Count)..]);
        }

        for (; i < bytes.Length; i++)
        {
            values[i] = bytes[i] / 255f;
        }

        void Store(Vector<ushort> words, Span<float> to)
        {
            Vector.Widen(words, out Vector<uint> low, out Vector<uint> high);
            (Vector.ConvertToSingle(Vector.AsVectorInt32(low)) / full).CopyTo(to);
            (Vector.ConvertToSingle(Vector.AsVectorInt32(high)) / full).CopyTo(to[Vector<float>.Count..]);
        }
    }
}
