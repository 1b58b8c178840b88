using StepNet.Graph;
using StepNet.Kernels;

namespace StepNet.Execution.Cpu;

/// <summary>Where a value of the graph lies.</summary>
internal enum Place
{
    /// <summary>The whole batch, for other phases to read.</summary>
    Store,

    /// <summary>A thread's present items only; never leaves the cache.</summary>
    Scratch,

    /// <summary>Unbatched.</summary>
    Small,
}

/// <summary>A value with its place and layout. Addresses come from the context of whoever runs: the plan holds offsets only.</summary>
internal sealed unsafe class CpuValue(Tensor tensor, Place place, Padding halo, bool narrow)
{
    public Tensor Tensor { get; } = tensor;

    public Place Place { get; } = place;

    public Layout Layout { get; } = tensor.Shape.Batched ? Layout.Of(tensor.Shape, halo, narrow) : default;

    public WeightLayout Weights { get; } = new(tensor.Shape);

    /// <summary>Offset in floats; set when memory has been planned.</summary>
    public long Offset { get; set; }

    /// <summary>Whether nothing else uses its scratch memory in its phase, so that its halo need be cleared once a chunk only.</summary>
    public bool KeepsHalo { get; set; }

    /// <summary>First float of an item, its halo included.</summary>
    public float* Item(CpuContext c, int item) => Place == Place.Store
        ? c.Store + Offset + ((long)item * Layout.ItemFloats)
        : c.Items + Offset + ((long)(item - c.First) * Layout.ItemFloats);

    /// <summary>Pixels of an item, behind its halo.</summary>
    public Rows Rows(CpuContext c, int item) => new(Item(c, item) + Layout.Interior, Layout.RowStride);

    /// <summary>First float of an unbatched value.</summary>
    public float* Numbers(CpuContext c) => c.Small + Offset;

    /// <summary>A coefficient's number for a channel: its only one, or the channel's own.</summary>
    public float Number(CpuContext c, int channel) => Numbers(c)[Tensor.Shape == Shape.Scalar ? 0 : channel];

    /// <summary>Writes the zeros around the image.</summary>
    public void ClearHalo(CpuContext c, int item)
    {
        Layout l = Layout;
        float* p = Item(c, item);
        new Span<float>(p, l.Interior).Clear();
        int gap = (l.Halo.Left + l.Halo.Right) * l.PaddedChannels, pixels = l.Width * l.PaddedChannels;
        for (int row = 0; row < l.Height - 1; row++)
        {
            new Span<float>(p + l.Interior + (row * l.RowStride) + pixels, gap).Clear();
        }

        int end = l.Interior + ((l.Height - 1) * l.RowStride) + pixels;
        new Span<float>(p + end, l.ItemFloats - end).Clear();
    }

    /// <summary>An item in logical order, <c>[C, H, W]</c>.</summary>
    public void Gather(CpuContext c, int item, float* logical)
    {
        Rows rows = Rows(c, item);
        for (int channel = 0; channel < Layout.Channels; channel++)
        {
            for (int i = 0; i < Layout.Height; i++)
            {
                float* row = rows[i] + channel;
                for (int j = 0; j < Layout.Width; j++)
                {
                    *logical++ = row[j * Layout.PaddedChannels];
                }
            }
        }
    }

    /// <summary>Logical order to an item; padding channels become zero.</summary>
    public void Scatter(CpuContext c, int item, float* logical)
    {
        Rows rows = Rows(c, item);
        int pixels = Layout.Height * Layout.Width, padded = Layout.PaddedChannels;
        for (int i = 0; i < Layout.Height; i++)
        {
            float* row = rows[i];
            for (int j = 0; j < Layout.Width; j++, row += padded)
            {
                float* from = logical + (i * Layout.Width) + j;
                for (int channel = 0; channel < padded; channel++)
                {
                    row[channel] = channel < Layout.Channels ? from[channel * pixels] : 0;
                }
            }
        }
    }
}
