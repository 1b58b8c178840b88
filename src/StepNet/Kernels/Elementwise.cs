using System.Runtime.CompilerServices;

namespace StepNet.Kernels;

/// <summary>Element-wise passes over one image. They are bound by memory, so each pattern is one pass without temporaries.</summary>
internal abstract unsafe partial class VectorKernels
{
    /// <summary><c>y = max(x, 0)</c>.</summary>
    public abstract void Relu(Rows x, Rows y, Extent e);

    /// <summary><c>dx = dy where y > 0</c>.</summary>
    public abstract void ReluBackward(Rows dy, Rows y, Rows dx, Extent e);

    /// <summary><c>y = a b</c>.</summary>
    public abstract void Multiply(Rows a, Rows b, Rows y, Extent e);

    /// <summary><c>y = c x</c>.</summary>
    public abstract void Scale(Rows x, float c, Rows y, Extent e);

    /// <summary><c>y = ca[c] a + cb[c] b + cc[c]</c>, then ReLU where asked: the residual combination with all that folds into it.</summary>
    public abstract void Combine(Rows a, Rows b, float* ca, float* cb, float* cc, Rows y, Extent e, bool relu);

    /// <summary><c>y = a[c] x + b[c]</c>, then ReLU where asked: normalisation of the next convolution's input.</summary>
    public abstract void ChannelAffine(Rows x, float* a, float* b, Rows y, Extent e, bool relu);

    /// <summary><c>y = (a + factors[c] b) where gate > 0</c>: the gradient behind a residual block. Without a gate where its data is null.</summary>
    public abstract void GatedSum(Rows a, Rows b, float* factors, Rows gate, Rows y, Extent e);
}

internal sealed unsafe partial class VectorKernels<TSimd, TVec>
{
    // Every channel count is a multiple of the vector width or, for the few channels of raw images, at most 4: those rows go
    // through the scalar tail. The index j runs over the channels beside i, so per-channel numbers come from the first cache.
    [MethodImpl(Hot)]
    public override void Relu(Rows x, Rows y, Extent e)
    {
        for (int row = 0; row < e.RowCount; row++)
        {
            float* px = x[row], py = y[row];
            int i = 0;
            for (; i <= e.RowFloats - TSimd.Width; i += TSimd.Width)
            {
                TSimd.Store(TSimd.Relu(TSimd.Load(px + i)), py + i);
            }

            for (; i < e.RowFloats; i++)
            {
                py[i] = px[i] < 0 ? 0 : px[i];
            }
        }
    }

    [MethodImpl(Hot)]
    public override void ReluBackward(Rows dy, Rows y, Rows dx, Extent e)
    {
        for (int row = 0; row < e.RowCount; row++)
        {
            float* pdy = dy[row], py = y[row], pdx = dx[row];
            int i = 0;
            for (; i <= e.RowFloats - TSimd.Width; i += TSimd.Width)
            {
                TSimd.Store(TSimd.Where(TSimd.Load(py + i), TSimd.Load(pdy + i)), pdx + i);
            }

            for (; i < e.RowFloats; i++)
            {
                pdx[i] = py[i] > 0 ? pdy[i] : 0;
            }
        }
    }

    [MethodImpl(Hot)]
    public override void Multiply(Rows a, Rows b, Rows y, Extent e)
    {
        for (int row = 0; row < e.RowCount; row++)
        {
            float* pa = a[row], pb = b[row], py = y[row];
            int i = 0;
            for (; i <= e.RowFloats - TSimd.Width; i += TSimd.Width)
            {
                TSimd.Store(TSimd.Multiply(TSimd.Load(pa + i), TSimd.Load(pb + i)), py + i);
            }

            for (; i < e.RowFloats; i++)
            {
                py[i] = pa[i] * pb[i];
            }
        }
    }

    [MethodImpl(Hot)]
    public override void Scale(Rows x, float c, Rows y, Extent e)
    {
        TVec vc = TSimd.Broadcast(c);
        for (int row = 0; row < e.RowCount; row++)
        {
            float* px = x[row], py = y[row];
            int i = 0;
            for (; i <= e.RowFloats - TSimd.Width; i += TSimd.Width)
            {
                TSimd.Store(TSimd.Multiply(vc, TSimd.Load(px + i)), py + i);
            }

            for (; i < e.RowFloats; i++)
            {
                py[i] = c * px[i];
            }
        }
    }

    [MethodImpl(Hot)]
    public override void Combine(Rows a, Rows b, float* ca, float* cb, float* cc, Rows y, Extent e, bool relu)
    {
        for (int row = 0; row < e.RowCount; row++)
        {
            float* pa = a[row], pb = b[row], py = y[row];
            int i = 0, j = 0;
            if (e.Channels >= TSimd.Width)
            {
                for (; i <= e.RowFloats - TSimd.Width; i += TSimd.Width)
                {
                    TVec v = TSimd.MultiplyAdd(TSimd.Load(cb + j), TSimd.Load(pb + i), TSimd.Load(cc + j));
                    v = TSimd.MultiplyAdd(TSimd.Load(ca + j), TSimd.Load(pa + i), v);
                    TSimd.Store(relu ? TSimd.Relu(v) : v, py + i);
                    j = j + TSimd.Width == e.Channels ? 0 : j + TSimd.Width;
                }
            }

            for (; i < e.RowFloats; i++)
            {
                j = i % e.Channels;
                float v = MathF.FusedMultiplyAdd(ca[j], pa[i], MathF.FusedMultiplyAdd(cb[j], pb[i], cc[j]));
                py[i] = relu && v < 0 ? 0 : v;
            }
        }
    }

    [MethodImpl(Hot)]
    public override void ChannelAffine(Rows x, float* a, float* b, Rows y, Extent e, bool relu)
    {
        for (int row = 0; row < e.RowCount; row++)
        {
            float* px = x[row], py = y[row];
            int i = 0, j = 0;
            if (e.Channels >= TSimd.Width)
            {
                for (; i <= e.RowFloats - TSimd.Width; i += TSimd.Width)
                {
                    TVec v = TSimd.MultiplyAdd(TSimd.Load(a + j), TSimd.Load(px + i), TSimd.Load(b + j));
                    TSimd.Store(relu ? TSimd.Relu(v) : v, py + i);
                    j = j + TSimd.Width == e.Channels ? 0 : j + TSimd.Width;
                }
            }

            for (; i < e.RowFloats; i++)
            {
                j = i % e.Channels;
                float v = MathF.FusedMultiplyAdd(a[j], px[i], b[j]);
                py[i] = relu && v < 0 ? 0 : v;
            }
        }
    }

    [MethodImpl(Hot)]
    public override void GatedSum(Rows a, Rows b, float* factors, Rows gate, Rows y, Extent e)
    {
        for (int row = 0; row < e.RowCount; row++)
        {
            float* pa = a[row], pb = b[row], py = y[row];
            float* pg = gate.Data == null ? null : gate[row];
            int i = 0, j = 0;
            if (e.Channels >= TSimd.Width)
            {
                for (; i <= e.RowFloats - TSimd.Width; i += TSimd.Width)
                {
                    TVec v = TSimd.MultiplyAdd(TSimd.Load(factors + j), TSimd.Load(pb + i), TSimd.Load(pa + i));
                    TSimd.Store(pg == null ? v : TSimd.Where(TSimd.Load(pg + i), v), py + i);
                    j = j + TSimd.Width == e.Channels ? 0 : j + TSimd.Width;
                }
            }

            for (; i < e.RowFloats; i++)
            {
                float v = MathF.FusedMultiplyAdd(factors[i % e.Channels], pb[i], pa[i]);
                py[i] = pg == null || pg[i] > 0 ? v : 0;
            }
        }
    }
}
