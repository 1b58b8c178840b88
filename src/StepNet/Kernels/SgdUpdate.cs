using System.Runtime.CompilerServices;

namespace StepNet.Kernels;

internal abstract unsafe partial class VectorKernels
{
    /// <summary><c>v = momentum v + (g + decay p)</c>, <c>p = p - lr v</c>, in place.</summary>
    public abstract void SgdUpdate(float* p, float* g, float* v, int count, float lr, float momentum, float decay);
}

internal sealed unsafe partial class VectorKernels<TSimd, TVec>
{
    [MethodImpl(Hot)]
    public override void SgdUpdate(float* p, float* g, float* v, int count, float lr, float momentum, float decay)
    {
        TVec vm = TSimd.Broadcast(momentum), vd = TSimd.Broadcast(decay), vl = TSimd.Broadcast(-lr);
        int i = 0;
        for (; i <= count - TSimd.Width; i += TSimd.Width)
        {
            TVec weights = TSimd.Load(p + i);
            TVec next = TSimd.MultiplyAdd(vm, TSimd.Load(v + i), TSimd.MultiplyAdd(vd, weights, TSimd.Load(g + i)));
            TSimd.Store(next, v + i);
            TSimd.Store(TSimd.MultiplyAdd(vl, next, weights), p + i);
        }

        for (; i < count; i++)
        {
            v[i] = MathF.FusedMultiplyAdd(momentum, v[i], MathF.FusedMultiplyAdd(decay, p[i], g[i]));
            p[i] = MathF.FusedMultiplyAdd(-lr, v[i], p[i]);
        }
    }
}
