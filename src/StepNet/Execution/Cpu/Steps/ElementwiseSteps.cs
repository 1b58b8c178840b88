using StepNet.Graph;
using StepNet.Kernels;
using StepNet.Passes;

namespace StepNet.Execution.Cpu;

/// <summary>A pass over values of one shape; over the whole group at once where no halo lies between.</summary>
internal abstract unsafe class ElementwiseStep : CpuStep
{
    private readonly bool _flat;
    private readonly Layout _layout;

    protected ElementwiseStep(Node node, params CpuValue[] values)
        : base(node)
    {
        _flat = values.All(value => !value.Layout.HasHalo);
        _layout = values[0].Layout;
        Values = values;
    }

    protected CpuValue[] Values { get; }

    protected int Channels => _layout.PaddedChannels;

    /// <summary>Pixels of an item.</summary>
    protected int Pixels => _layout.Height * _layout.Width;

    public sealed override void Run(CpuContext c)
    {
        Extent e = _layout.Extent(_flat);
        if (_flat)
        {
            Pass(c, c.First, e with { RowFloats = e.RowFloats * c.Count });
            return;
        }

        for (int i = 0; i < c.Count; i++)
        {
            Pass(c, c.First + i, e);
        }
    }

    protected abstract void Pass(CpuContext c, int item, Extent e);
}

/// <summary>ReLU, its gradient and the product: two or three values, no numbers beside.</summary>
internal sealed unsafe class PlainStep(Node node, params CpuValue[] values) : ElementwiseStep(node, values)
{
    protected override void Pass(CpuContext c, int item, Extent e)
    {
        Rows a = Values[0].Rows(c, item), b = Values[1].Rows(c, item);
        if (Node.Operation is ReluOp)
        {
            c.Kernels.Relu(a, b, e);
        }
        else if (Node.Operation is ReluBackwardOp)
        {
            c.Kernels.ReluBackward(a, b, Values[2].Rows(c, item), e);
        }
        else
        {
            c.Kernels.Multiply(a, b, Values[2].Rows(c, item), e);
        }
    }
}

/// <summary>Add and its fusions: <c>(a + factor[c] b) where gate > 0</c>.</summary>
internal sealed unsafe class GatedSumStep(Node node, CpuValue? factor, bool gated, params CpuValue[] values)
    : ElementwiseStep(node, values)
{
    public override int OwnFloats => Channels;

    public override void Prepare(CpuContext c)
    {
        float* factors = Own(c);
        for (int i = 0; i < Values[0].Layout.Channels; i++)
        {
            factors[i] = factor?.Number(c, i) ?? 1;
        }
    }

    protected override void Pass(CpuContext c, int item, Extent e)
    {
        Rows gate = gated ? Values[2].Rows(c, item) : default;
        c.Kernels.GatedSum(Values[0].Rows(c, item), Values[1].Rows(c, item), Own(c), gate, Values[^1].Rows(c, item), e);
    }
}

/// <summary>What is <c>a[c] x + b[c]</c>, with or without ReLU; the coefficients are worked out before the phase.</summary>
internal sealed unsafe class AffineStep(Node node, CpuValue[] numbers, CpuValue x, CpuValue y) : ElementwiseStep(node, x, y)
{
    public override int OwnFloats => 2 * Channels;

    public override void Prepare(CpuContext c)
    {
        float* a = Own(c), b = a + Channels;
        int channels = x.Layout.Channels;
        double perValue = 1.0 / ((double)c.N * Pixels);
        for (int i = 0; i < channels; i++)
        {
            (a[i], b[i]) = Node.Operation switch
            {
                ChannelAffineOp or AffineReluOp => (Number(0, i), Number(1, i)),
                ChannelScaleOp => (Number(0, i), 0f),
                ChannelBiasOp => (1f, Number(0, i)),
                ScaleOp => (Number(0, 0), 0f),
                // ChannelStatisticsBackward: mean, dmean, dvar.
                _ => Statistics(i),
            };
        }

        float Number(int input, int i) => numbers[input].Numbers(c)[i];

        (float, float) Statistics(int i)
        {
            double slope = 2 * perValue * Number(2, i);
            return ((float)slope, (float)((perValue * Number(1, i)) - (slope * Number(0, i))));
        }
    }

    protected override void Pass(CpuContext c, int item, Extent e) => c.Kernels.ChannelAffine(
        x.Rows(c, item), Own(c), Own(c) + Channels, y.Rows(c, item), e, Node.Operation is AffineReluOp);
}

/// <summary>What is <c>ca[c] a + cb[c] b + cc[c]</c>: the residual combination and batch norm's gradient.</summary>
internal sealed unsafe class CombineStep(Node node, CpuValue[] inputs, CpuValue y)
    : ElementwiseStep(node, inputs[0], inputs[1], y)
{
    public override int OwnFloats => 3 * Channels;

    public override void Prepare(CpuContext c)
    {
        float* ca = Own(c), cb = ca + Channels, cc = cb + Channels;
        for (int i = 0; i < inputs[0].Layout.Channels; i++)
        {
            (ca[i], cb[i], cc[i]) = Node.Operation switch
            {
                NormGradientOp op => NormGradient(c, op, i),
                CombineOp op => Combine(c, op, i),
                _ => (inputs[2].Number(c, i), inputs[3].Number(c, i), 0f),
            };
        }
    }

    protected override void Pass(CpuContext c, int item, Extent e) => c.Kernels.Combine(
        Values[0].Rows(c, item), Values[1].Rows(c, item), Own(c), Own(c) + Channels, Own(c) + (2 * Channels),
        Values[2].Rows(c, item), e, Node.Operation is CombineOp { Relu: true });

    private (float, float, float) NormGradient(CpuContext c, NormGradientOp op, int i)
    {
        double perValue = 1.0 / ((double)c.N * Pixels), scale = op.Scaled ? inputs[6].Number(c, i) : 1;
        double slope = 2 * perValue * inputs[5].Numbers(c)[i];
        double shift = (perValue * inputs[4].Numbers(c)[i]) - (slope * inputs[3].Numbers(c)[i]);
        return ((float)(scale * inputs[2].Numbers(c)[i]), (float)slope, (float)shift);
    }

    private (float, float, float) Combine(CpuContext c, CombineOp op, int i)
    {
        float s = inputs[2].Number(c, i), h = inputs[3].Number(c, i);
        (float a, float b) skip = op.SkipAffine ? (inputs[4].Numbers(c)[i], inputs[5].Numbers(c)[i]) : (1, 0);
        int at = op.BranchAffineInput;
        (float a, float b) branch = op.BranchAffine ? (inputs[at].Numbers(c)[i], inputs[at + 1].Numbers(c)[i]) : (1, 0);
        return (s * skip.a, h * branch.a, (s * skip.b) + (h * branch.b));
    }
}
