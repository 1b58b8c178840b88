using StepNet.Graph;
using StepNet.Kernels;

namespace StepNet.Execution.Cpu;

/// <summary>Convolution forward by tiles, all items of the group together.</summary>
internal sealed unsafe class WinogradStep(Node node, ConvGeometry geometry, CpuValue x, CpuValue w, CpuValue y) : CpuStep(node)
{
    private readonly WinogradPlan _plan = ConvPlans.Winograd(geometry.Padding, x.Layout, y.Layout, w.Weights);

    public override int PreparedFloats => _plan.WeightFloats;

    public override int TemporaryFloats => _plan.ScratchFloats;

    public override void Prepare(CpuContext c) => c.Kernels.WinogradWeights(_plan, w.Numbers(c), Prepared(c));

    public override void Run(CpuContext c) => c.Kernels.Winograd(
        _plan, x.Rows(c, c.First).Data, Prepared(c), y.Rows(c, c.First).Data, c.Count, Temporary(c));
}

/// <summary>Backward to the data by tiles: the forward kernel over turned weights, from a window that reaches as far the other way.</summary>
internal sealed unsafe class WinogradBackwardDataStep : CpuStep
{
    private readonly CpuValue _dy;
    private readonly CpuValue _w;
    private readonly CpuValue _dx;
    private readonly WeightLayout _turned;
    private readonly WinogradPlan _plan;

    public WinogradBackwardDataStep(Node node, ConvGeometry geometry, CpuValue dy, CpuValue w, CpuValue dx)
        : base(node)
    {
        (_dy, _w, _dx) = (dy, w, dx);
        _turned = w.Weights.Turned;
        Padding window = new(2 - geometry.Padding.Top, 0, 2 - geometry.Padding.Left, 0);
        _plan = ConvPlans.Winograd(window, dy.Layout, dx.Layout, _turned);
    }

    public override int PreparedFloats => _plan.WeightFloats + _turned.Floats;

    public override int TemporaryFloats => _plan.ScratchFloats;

    public override void Prepare(CpuContext c)
    {
        float* turned = Prepared(c) + _plan.WeightFloats;
        _w.Weights.Turn(_w.Numbers(c), _turned, turned);
        c.Kernels.WinogradWeights(_plan, turned, Prepared(c));
    }

    public override void Run(CpuContext c) => c.Kernels.Winograd(
        _plan, _dy.Rows(c, c.First).Data, Prepared(c), _dx.Rows(c, c.First).Data, c.Count, Temporary(c));
}

/// <summary>Backward to the weights by tiles; partial sums as in the direct one.</summary>
internal sealed unsafe class WinogradBackwardWeightsStep(Node node, ConvGeometry geometry, CpuValue x, CpuValue dy, CpuValue dw)
    : ConvBackwardWeightsStep(node, geometry, false, x, dy, dw)
{
    private readonly CpuValue _x = x;
    private readonly CpuValue _dy = dy;
    private readonly WinogradPlan _plan = ConvPlans.Winograd(geometry.Padding, x.Layout, dy.Layout, dw.Weights);

    public override int TemporaryFloats => _plan.ScratchFloats;

    public override void Run(CpuContext c) => c.Kernels.WinogradWeightGradient(
        _plan, _x.Rows(c, c.First).Data, _dy.Rows(c, c.First).Data, Partial(c), c.Count, Temporary(c));
}
