using StepNet.Graph;
using StepNet.Kernels;
using StepNet.Passes;

namespace StepNet.Execution.Cpu;

/// <summary>A random mask.</summary>
internal sealed unsafe class RandomMaskStep(Node node, CpuValue y) : CpuStep(node)
{
    private readonly RandomMaskOp _op = (RandomMaskOp)node.Operation;

    public override void Run(CpuContext c)
    {
        Layout l = y.Layout;
        CounterRandom random = _op.Stream(c.Random);
        for (int item = c.First; item < c.First + c.Count; item++)
        {
            Rows rows = y.Rows(c, item);
            if (!_op.WholeItems)
            {
                RandomMask.Fill(
                    random, (long)item * y.Tensor.Shape.ItemCount, _op.Keep, rows, l.Height, l.Width, l.Channels, l.PaddedChannels);
                continue;
            }

            float value = _op.Draw<float>(random, item);
            for (int pixel = 0; pixel < l.Height * l.Width; pixel++)
            {
                Span<float> channels = new(rows[pixel / l.Width] + (pixel % l.Width * l.PaddedChannels), l.PaddedChannels);
                channels[..l.Channels].Fill(value);
                channels[l.Channels..].Clear();
            }
        }
    }
}

/// <summary>Items times the draws of a mask of whole items.</summary>
internal sealed unsafe class MaskItemsStep(Node node, CpuValue x, CpuValue y) : CpuStep(node)
{
    private readonly RandomMaskOp _mask = ((MaskItemsOp)node.Operation).Mask;

    public override void Run(CpuContext c)
    {
        CounterRandom random = _mask.Stream(c.Random);
        Extent e = x.Layout.Extent(!x.Layout.HasHalo && !y.Layout.HasHalo);
        for (int item = c.First; item < c.First + c.Count; item++)
        {
            c.Kernels.Scale(x.Rows(c, item), _mask.Draw<float>(random, item), y.Rows(c, item), e);
        }
    }
}
