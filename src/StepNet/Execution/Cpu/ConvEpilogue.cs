using StepNet.Kernels;
using StepNet.Passes;

namespace StepNet.Execution.Cpu;

/// <summary>What a folded convolution does to its outputs: <c>act(v + b[c] + s shortcut)</c>.</summary>
internal sealed unsafe class ConvEpilogue(FoldedConvOp op, CpuValue[] inputs, CpuValue y)
{
    private readonly CpuValue? _shortcut = op.Shortcut ? inputs[3] : null;
    private readonly int _channels = y.Layout.PaddedChannels;

    /// <summary>Floats that <see cref="Prepare"/> fills: ones, biases and factors of the shortcut, for each channel.</summary>
    public int Floats => 3 * _channels;

    public void Prepare(CpuContext c, float* own)
    {
        for (int i = 0; i < y.Layout.Channels; i++)
        {
            own[i] = 1;
            own[_channels + i] = inputs[2].Numbers(c)[i];
            own[(2 * _channels) + i] = op.Scaled ? inputs[4].Number(c, i) : 1;
        }
    }

    /// <summary>For a kernel that finishes outputs as it writes them, from an item and a channel on.</summary>
    public ConvFinish From(CpuContext c, int item, int channel, float* own) => new()
    {
        Bias = own + _channels + channel,
        Scale = own + (2 * _channels) + channel,
        Shortcut = _shortcut is null ? null : _shortcut.Rows(c, item).Data + channel,
        ShortcutRowStep = _shortcut?.Layout.RowStride ?? 0,
        ShortcutItemStep = _shortcut?.Layout.ItemFloats ?? 0,
        Relu = op.Relu,
    };

    /// <summary>For other kernels: a pass over rows [from, from + rows) of an item, while they are in the cache.</summary>
    public void Apply(CpuContext c, int item, int from, int rows, float* own)
    {
        Rows outputs = Below(y.Rows(c, item), from);
        Extent e = y.Layout.Extent(flat: false) with { RowCount = rows };
        float* ones = own, biases = own + _channels, factors = own + (2 * _channels);
        if (_shortcut is null)
        {
            c.Kernels.ChannelAffine(outputs, ones, biases, outputs, e, op.Relu);
        }
        else
        {
            c.Kernels.Combine(outputs, Below(_shortcut.Rows(c, item), from), ones, factors, biases, outputs, e, op.Relu);
        }
    }

    /// <summary>The same for a block of channels of all pixels of some items.</summary>
    public void ApplyTo(CpuContext c, int first, int items, int channel, int channels, float* own)
    {
        Extent e = new(y.Layout.Width, channels, channels);
        float* ones = own, biases = own + _channels + channel, factors = own + (2 * _channels) + channel;
        for (int item = first; item < first + items; item++)
        {
            for (int row = 0; row < y.Layout.Height; row++)
            {
                Rows outputs = new(y.Rows(c, item)[row] + channel, _channels);
                if (_shortcut is null)
                {
                    c.Kernels.ChannelAffine(outputs, ones, biases, outputs, e, op.Relu);
                }
                else
                {
                    c.Kernels.Combine(
                        outputs, new Rows(_shortcut.Rows(c, item)[row] + channel, _channels), ones, factors, biases, outputs, e, op.Relu);
                }
            }
        }
    }

    private static Rows Below(Rows rows, int from) => new(rows[from], rows.Stride);
}
