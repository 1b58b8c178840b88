using StepNet.Graph;
using StepNet.Kernels;

namespace StepNet.Execution.Cpu;

/// <summary>What was fed, from logical order to the executor's.</summary>
internal sealed unsafe class InputStep(Node node, CpuValue y) : CpuStep(node)
{
    /// <summary>Where the fed numbers lie, in the store.</summary>
    public long FeedOffset { get; set; }

    public override void Run(CpuContext c)
    {
        for (int item = c.First; item < c.First + c.Count; item++)
        {
            y.Scatter(c, item, c.Store + FeedOffset + ((long)item * y.Tensor.Shape.ItemCount));
        }
    }
}

/// <summary>A stored value, to be worked with again.</summary>
internal sealed unsafe class RecallStep(Node node, CpuValue x, CpuValue y) : CpuStep(node)
{
    public override void Run(CpuContext c)
    {
        int floats = y.Layout.Width * y.Layout.PaddedChannels;
        for (int item = c.First; item < c.First + c.Count; item++)
        {
            Rows from = x.Rows(c, item), to = y.Rows(c, item);
            for (int row = 0; row < y.Layout.Height; row++)
            {
                new ReadOnlySpan<float>(from[row], floats).CopyTo(new Span<float>(to[row], floats));
            }
        }
    }
}

/// <summary>Global average pooling and its gradient.</summary>
internal sealed unsafe class PoolStep(Node node, CpuValue from, CpuValue to) : CpuStep(node)
{
    public override void Run(CpuContext c)
    {
        for (int item = c.First; item < c.First + c.Count; item++)
        {
            if (Node.Operation is GlobalAveragePoolOp)
            {
                c.Kernels.AveragePixels(from.Rows(c, item), to.Rows(c, item).Data, from.Layout.Extent(!from.Layout.HasHalo));
            }
            else
            {
                c.Kernels.SpreadPixels(from.Rows(c, item).Data, to.Rows(c, item), to.Layout.Extent(!to.Layout.HasHalo));
            }
        }
    }
}

/// <summary>He's parameter-free shortcut and its gradient: strided pixels, shifted channels, zeros elsewhere.</summary>
internal sealed unsafe class PadShortcutStep(Node node, int stride, bool backward, CpuValue small, CpuValue large) : CpuStep(node)
{
    // "small" has the fewer pixels and more channels: the output forward, the gradient read backward.
    public override void Run(CpuContext c)
    {
        Layout s = small.Layout, l = large.Layout;
        int before = (s.Channels - l.Channels) / 2;
        for (int item = c.First; item < c.First + c.Count; item++)
        {
            Rows smallRows = small.Rows(c, item), largeRows = large.Rows(c, item);
            if (backward)
            {
                Clear(largeRows, l);
            }

            for (int i = 0; i < s.Height; i++)
            {
                for (int j = 0; j < s.Width; j++)
                {
                    Span<float> narrow = new(largeRows[i * stride] + (j * stride * l.PaddedChannels), l.Channels);
                    Span<float> wide = new(smallRows[i] + (j * s.PaddedChannels), s.PaddedChannels);
                    if (backward)
                    {
                        wide.Slice(before, l.Channels).CopyTo(narrow);
                    }
                    else
                    {
                        wide.Clear();
                        narrow.CopyTo(wide.Slice(before, l.Channels));
                    }
                }
            }
        }
    }

    private static void Clear(Rows rows, Layout l)
    {
        for (int i = 0; i < l.Height; i++)
        {
            new Span<float>(rows[i], l.Width * l.PaddedChannels).Clear();
        }
    }
}

/// <summary>The places of a sequence as vectors, and back: a place is whole in memory, channels innermost, so it is copied as it lies.</summary>
internal sealed unsafe class UnbindStep(Node node, bool backward, CpuValue sequence, CpuValue[] vectors) : CpuStep(node)
{
    private readonly IReadOnlyList<int> _places = node.Operation is UnbindBackwardOp op ? op.Places : [.. Enumerable.Range(0, vectors.Length)];

    public override void Run(CpuContext c)
    {
        int padded = sequence.Layout.PaddedChannels;
        for (int item = c.First; item < c.First + c.Count; item++)
        {
            float* pixels = sequence.Rows(c, item).Data;
            if (backward && vectors.Length < sequence.Layout.Width)
            {
                new Span<float>(pixels, sequence.Layout.Width * padded).Clear();
            }

            for (int i = 0; i < vectors.Length; i++)
            {
                Span<float> place = new(pixels + (_places[i] * padded), padded), vector = new(vectors[i].Rows(c, item).Data, padded);
                if (backward)
                {
                    vector.CopyTo(place);
                }
                else
                {
                    place.CopyTo(vector);
                }
            }
        }
    }
}

/// <summary>All numbers of an item side by side in logical order, and back.</summary>
internal sealed unsafe class FlattenStep(Node node, bool backward, CpuValue image, CpuValue vector) : CpuStep(node)
{
    public override void Run(CpuContext c)
    {
        for (int item = c.First; item < c.First + c.Count; item++)
        {
            float* numbers = vector.Rows(c, item).Data;
            if (backward)
            {
                image.Scatter(c, item, numbers);
            }
            else
            {
                image.Gather(c, item, numbers);
                new Span<float>(numbers + vector.Layout.Channels, vector.Layout.PaddedChannels - vector.Layout.Channels).Clear();
            }
        }
    }
}
