using System.Runtime.CompilerServices;

namespace StepNet.Kernels;

/// <summary>Numbers of one step of ADAM, the same for all values.</summary>
/// <param name="Beta1">Decay of the first moment.</param>
/// <param name="Rest1">1 - beta1, from double.</param>
/// <param name="Beta2">Decay of the second moment.</param>
/// <param name="Rest2">1 - beta2, from double.</param>
/// <param name="Rate"><c>lr / (1 - beta1^t)</c>.</param>
/// <param name="RootScale"><c>1 / sqrt(1 - beta2^t)</c>.</param>
/// <param name="Epsilon">Added to the root.</param>
/// <param name="Shrink"><c>lr decay</c>, of decoupled decay; 0 for none.</param>
internal readonly record struct AdamTerms(
    float Beta1, float Rest1, float Beta2, float Rest2, float Rate, float RootScale, float Epsilon, float Shrink);

internal abstract unsafe partial class VectorKernels
{
    /// <summary>
    /// <c>m = beta1 m + (1 - beta1) g'</c>, <c>v = beta2 v + (1 - beta2) g'²</c>,
    /// <c>p = p - shrink p - rate m / (rootScale sqrt(v) + epsilon)</c>, in place.
    /// </summary>
    /// <param name="p">Parameters.</param>
    /// <param name="g">Gradients g, from which <paramref name="terms"/> make g'.</param>
    /// <param name="m">First moments.</param>
    /// <param name="v">Second moments.</param>
    /// <param name="count">Values.</param>
    /// <param name="terms">Clipping and decay.</param>
    /// <param name="step">The step's numbers.</param>
    public abstract void AdamUpdate(float* p, float* g, float* m, float* v, int count, GradientTerms terms, in AdamTerms step);
}

internal sealed unsafe partial class VectorKernels<TSimd, TVec>
{
    // 16 bytes read and 12 written a value: bound by memory beyond the cache, by the root and the quotient inside.
    [MethodImpl(Hot)]
    public override void AdamUpdate(float* p, float* g, float* m, float* v, int count, GradientTerms terms, in AdamTerms step)
    {
        GradientVectors vectors = new(terms);
        TVec beta1 = TSimd.Broadcast(step.Beta1), rest1 = TSimd.Broadcast(step.Rest1);
        TVec beta2 = TSimd.Broadcast(step.Beta2), rest2 = TSimd.Broadcast(step.Rest2);
        TVec rate = TSimd.Broadcast(-step.Rate), scale = TSimd.Broadcast(step.RootScale);
        TVec epsilon = TSimd.Broadcast(step.Epsilon), shrink = TSimd.Broadcast(-step.Shrink);
        int i = 0;
        for (; i <= count - TSimd.Width; i += TSimd.Width)
        {
            TVec weights = TSimd.Load(p + i), gradient = vectors.Of(TSimd.Load(g + i), weights);
            TVec mean = TSimd.MultiplyAdd(beta1, TSimd.Load(m + i), TSimd.Multiply(rest1, gradient));
            TVec square = TSimd.MultiplyAdd(
                beta2, TSimd.Load(v + i), TSimd.Multiply(rest2, TSimd.Multiply(gradient, gradient)));
            TSimd.Store(mean, m + i);
            TSimd.Store(square, v + i);
            TVec direction = TSimd.Divide(mean, TSimd.MultiplyAdd(scale, TSimd.Sqrt(square), epsilon));
            TSimd.Store(TSimd.MultiplyAdd(rate, direction, TSimd.MultiplyAdd(shrink, weights, weights)), p + i);
        }

        for (; i < count; i++)
        {
            float gradient = terms.Of(g[i], p[i]);
            m[i] = MathF.FusedMultiplyAdd(step.Beta1, m[i], step.Rest1 * gradient);
            v[i] = MathF.FusedMultiplyAdd(step.Beta2, v[i], step.Rest2 * (gradient * gradient));
            float direction = m[i] / MathF.FusedMultiplyAdd(step.RootScale, MathF.Sqrt(v[i]), step.Epsilon);
            p[i] = MathF.FusedMultiplyAdd(-step.Rate, direction, MathF.FusedMultiplyAdd(-step.Shrink, p[i], p[i]));
        }
    }
}
