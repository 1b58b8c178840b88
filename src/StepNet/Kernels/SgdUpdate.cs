using System.Runtime.CompilerServices;

namespace StepNet.Kernels;

internal abstract unsafe partial class VectorKernels
{
    /// <summary><c>v = momentum v + g'</c>, <c>p = p - lr v</c>, in place; with Nesterov <c>p = p - lr (momentum v + g')</c>.</summary>
    /// <param name="p">Parameters.</param>
    /// <param name="g">Gradients g, from which <paramref name="terms"/> make g'.</param>
    /// <param name="v">Velocities.</param>
    /// <param name="count">Values.</param>
    /// <param name="terms">Clipping and decay.</param>
    /// <param name="lr">Learning rate.</param>
    /// <param name="momentum">Momentum.</param>
    /// <param name="nesterov">Whether to look ahead.</param>
    public abstract void SgdUpdate(
        float* p, float* g, float* v, int count, GradientTerms terms, float lr, float momentum, bool nesterov);
}

internal sealed unsafe partial class VectorKernels<TSimd, TVec>
{
    [MethodImpl(Hot)]
    public override void SgdUpdate(
        float* p, float* g, float* v, int count, GradientTerms terms, float lr, float momentum, bool nesterov)
    {
        GradientVectors vectors = new(terms);
        TVec vm = TSimd.Broadcast(momentum), vl = TSimd.Broadcast(-lr);
        int i = 0;
        for (; i <= count - TSimd.Width; i += TSimd.Width)
        {
            TVec weights = TSimd.Load(p + i), gradient = vectors.Of(TSimd.Load(g + i), weights);
            TVec next = TSimd.MultiplyAdd(vm, TSimd.Load(v + i), gradient);
            TSimd.Store(next, v + i);
            TSimd.Store(TSimd.MultiplyAdd(vl, nesterov ? TSimd.MultiplyAdd(vm, next, gradient) : next, weights), p + i);
        }

        for (; i < count; i++)
        {
            float gradient = terms.Of(g[i], p[i]);
            v[i] = MathF.FusedMultiplyAdd(momentum, v[i], gradient);
            p[i] = MathF.FusedMultiplyAdd(-lr, nesterov ? MathF.FusedMultiplyAdd(momentum, v[i], gradient) : v[i], p[i]);
        }
    }
}
