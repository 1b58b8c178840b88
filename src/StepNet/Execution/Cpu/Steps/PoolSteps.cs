using StepNet.Graph;
using StepNet.Kernels;

namespace StepNet.Execution.Cpu;

/// <summary>Pooling over windows: largest value or mean.</summary>
internal sealed unsafe class PoolWindowsStep(Node node, PoolWindow window, bool max, CpuValue x, CpuValue y) : CpuStep(node)
{
    private readonly PoolPlan _plan = Plan(window, max, x.Layout, y.Layout);

    public override void Run(CpuContext c)
    {
        for (int item = c.First; item < c.First + c.Count; item++)
        {
            c.Kernels.PoolWindows(_plan, x.Rows(c, item), y.Rows(c, item));
        }
    }

    public static PoolPlan Plan(PoolWindow window, bool max, Layout x, Layout y) => new(
        x.Height, x.Width, y.Height, y.Width, window.Height, window.Width,
        window.Stride, window.Padding.Top, window.Padding.Left, x.PaddedChannels, max);
}

/// <summary>Its gradient. The largest value's needs x and y to find the pixel again; the mean's does not.</summary>
internal sealed unsafe class PoolWindowsBackwardStep(
    Node node, PoolWindow window, CpuValue dy, CpuValue? x, CpuValue? y, CpuValue dx) : CpuStep(node)
{
    private readonly PoolPlan _plan = PoolWindowsStep.Plan(window, x != null, dx.Layout, dy.Layout);

    public override void Run(CpuContext c)
    {
        for (int item = c.First; item < c.First + c.Count; item++)
        {
            c.Kernels.PoolWindowsBackward(
                _plan, dy.Rows(c, item), x?.Rows(c, item) ?? default, y?.Rows(c, item) ?? default, dx.Rows(c, item));
        }
    }
}

/// <summary>The k largest values of every channel of a sequence.</summary>
internal sealed unsafe class KMaxPoolStep(Node node, CpuValue x, CpuValue y) : CpuStep(node)
{
    private readonly KMaxPlan _plan = Plan(x.Layout, y.Layout);

    public override int TemporaryFloats => _plan.ScratchFloats;

    public override void Run(CpuContext c)
    {
        for (int item = c.First; item < c.First + c.Count; item++)
        {
            c.Kernels.KMax(_plan, x.Rows(c, item).Data, y.Rows(c, item).Data, Temporary(c));
        }
    }

    public static KMaxPlan Plan(Layout sequence, Layout chosen) => new(sequence.Width, sequence.PaddedChannels, chosen.Width);
}

/// <summary>Their gradient. It chooses anew: places are not values of the graph.</summary>
internal sealed unsafe class KMaxPoolBackwardStep(Node node, CpuValue dy, CpuValue x, CpuValue dx) : CpuStep(node)
{
    private readonly KMaxPlan _plan = KMaxPoolStep.Plan(dx.Layout, dy.Layout);

    public override int TemporaryFloats => _plan.ScratchFloats;

    public override void Run(CpuContext c)
    {
        for (int item = c.First; item < c.First + c.Count; item++)
        {
            c.Kernels.KMaxBackward(_plan, dy.Rows(c, item).Data, x.Rows(c, item).Data, dx.Rows(c, item).Data, Temporary(c));
        }
    }
}
