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

/// <summary>The k largest values of every channel of a sequence, and their gradient.</summary>
internal sealed unsafe class KMaxPoolStep(Node node, bool backward, CpuValue x, CpuValue few, CpuValue? dx) : CpuStep(node)
{
    // "few" has k places: the output forward, the gradient read backward. Its width is k.
    private const int Lanes = 16;

    public override int TemporaryFloats => (x.Layout.Width * Lanes) + few.Layout.Width;

    public override void Run(CpuContext c)
    {
        int k = few.Layout.Width, length = x.Layout.Width, channels = x.Layout.PaddedChannels;
        float* near = Temporary(c);
        int* chosen = (int*)(near + (length * Lanes));
        for (int item = c.First; item < c.First + c.Count; item++)
        {
            float* values = x.Rows(c, item).Data, kept = few.Rows(c, item).Data;
            float* gradient = backward ? dx!.Rows(c, item).Data : null;
            if (backward)
            {
                new Span<float>(gradient, length * channels).Clear();
            }

            // A cache line's channels are brought together first: places of a sequence lie a power of two apart, and would drive
            // each other out of the cache. Padding channels go along: they are zero and stay so.
            for (int first = 0; first < channels; first += Lanes)
            {
                for (int i = 0; i < length; i++)
                {
                    new ReadOnlySpan<float>(values + (i * channels) + first, Lanes).CopyTo(new Span<float>(near + (i * Lanes), Lanes));
                }

                for (int lane = 0; lane < Lanes; lane++)
                {
                    KMax.Select(near + lane, length, Lanes, k, chosen);
                    for (int i = 0; i < k; i++)
                    {
                        int to = (i * channels) + first + lane;
                        if (backward)
                        {
                            gradient[(chosen[i] * channels) + first + lane] = kept[to];
                        }
                        else
                        {
                            kept[to] = near[(chosen[i] * Lanes) + lane];
                        }
                    }
                }
            }
        }
    }
}
