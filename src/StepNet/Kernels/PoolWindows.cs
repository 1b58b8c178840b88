using System.Runtime.CompilerServices;

namespace StepNet.Kernels;

internal abstract unsafe partial class VectorKernels
{
    /// <summary>Largest value or mean of every window of one image.</summary>
    public abstract void PoolWindows(PoolPlan plan, Rows x, Rows y);

    /// <summary>Gradient of <see cref="PoolWindows"/>: to the first largest pixel, or to all alike. x and y are read for the largest only.</summary>
    public abstract void PoolWindowsBackward(PoolPlan plan, Rows dy, Rows x, Rows y, Rows dx);
}

internal sealed unsafe partial class VectorKernels<TSimd, TVec>
{
    // Windows are cut off at the image's edge, so that the halo, which holds zeros, is never read: a zero would win over
    // negative pixels. The first pixel starts a maximum, so that no minus infinity can be left over. Channels are lanes.
    [MethodImpl(Hot)]
    public override void PoolWindows(PoolPlan plan, Rows x, Rows y)
    {
        TVec share = TSimd.Broadcast(1f / (plan.WindowHeight * plan.WindowWidth));
        int step = plan.Channels;
        for (int i = 0; i < plan.OutHeight; i++)
        {
            (int top, int bottom) = plan.Rows(i);
            for (int j = 0; j < plan.OutWidth; j++)
            {
                (int left, int right) = plan.Columns(j);
                for (int c = 0; c < step; c += TSimd.Width)
                {
                    TVec v = plan.Max ? TSimd.Load(x[top] + (left * step) + c) : TSimd.Zero;
                    for (int row = top; row < bottom; row++)
                    {
                        float* p = x[row] + (left * step) + c;
                        for (int column = left; column < right; column++, p += step)
                        {
                            v = plan.Max ? TSimd.Max(v, TSimd.Load(p)) : TSimd.Add(v, TSimd.Load(p));
                        }
                    }

                    TSimd.Store(plan.Max ? v : TSimd.Multiply(v, share), y[i] + (j * step) + c);
                }
            }
        }
    }

    // Window after window in a fixed order, each adding to its pixels. A lane whose gradient has found its pixel goes on with 0.
    [MethodImpl(Hot)]
    public override void PoolWindowsBackward(PoolPlan plan, Rows dy, Rows x, Rows y, Rows dx)
    {
        TVec share = TSimd.Broadcast(1f / (plan.WindowHeight * plan.WindowWidth));
        int step = plan.Channels;
        for (int row = 0; row < plan.Height; row++)
        {
            new Span<float>(dx[row], plan.Width * step).Clear();
        }

        for (int i = 0; i < plan.OutHeight; i++)
        {
            (int top, int bottom) = plan.Rows(i);
            for (int j = 0; j < plan.OutWidth; j++)
            {
                (int left, int right) = plan.Columns(j);
                for (int c = 0; c < step; c += TSimd.Width)
                {
                    int at = (j * step) + c;
                    TVec d = TSimd.Load(dy[i] + at);
                    TVec largest = plan.Max ? TSimd.Load(y[i] + at) : TSimd.Zero;
                    d = plan.Max ? d : TSimd.Multiply(d, share);
                    for (int row = top; row < bottom; row++)
                    {
                        for (int column = left; column < right; column++)
                        {
                            int pixel = (column * step) + c;
                            float* into = dx[row] + pixel;
                            if (plan.Max)
                            {
                                TVec value = TSimd.Load(x[row] + pixel);
                                TSimd.Store(TSimd.Add(TSimd.Load(into), TSimd.WhereSame(value, largest, d)), into);
                                d = TSimd.WhereOther(value, largest, d);
                            }
                            else
                            {
                                TSimd.Store(TSimd.Add(TSimd.Load(into), d), into);
                            }
                        }
                    }
                }
            }
        }
    }
}
