using System.Runtime.CompilerServices;

namespace StepNet.Kernels;

/// <summary>Numbers of one step of RMSprop, the same for all values.</summary>
/// <param name="Beta2">Decay of the mean square.</param>
/// <param name="Rest2">1 - beta2, from double.</param>
/// <param name="Rate">Learning rate.</param>
/// <param name="Epsilon">Added to the root.</param>
/// <param name="Momentum">Momentum; not read without velocities.</param>
internal readonly record struct RmsPropTerms(float Beta2, float Rest2, float Rate, float Epsilon, float Momentum);

internal abstract unsafe partial class VectorKernels
{
    /// <summary>
    /// <c>s = beta2 s + (1 - beta2) g'²</c>, <c>d = g' / (sqrt(s) + epsilon)</c>, then <c>p = p - rate d</c>, or with velocities
    /// <c>v = momentum v + d</c>, <c>p = p - rate v</c>; in place.
    /// </summary>
    /// <param name="p">Parameters.</param>
    /// <param name="g">Gradients g, from which <paramref name="terms"/> make g'.</param>
    /// <param name="s">Mean squares.</param>
    /// <param name="v">Velocities; null for none.</param>
    /// <param name="count">Values.</param>
    /// <param name="terms">Clipping and decay.</param>
    /// <param name="step">The step's numbers.</param>
    public abstract void RmsPropUpdate(float* p, float* g, float* s, float* v, int count, GradientTerms terms, in RmsPropTerms step);
}

internal sealed unsafe partial class VectorKernels<TSimd, TVec>
{
    [MethodImpl(Hot)]
    public override void RmsPropUpdate(float* p, float* g, float* s, float* v, int count, GradientTerms terms, in RmsPropTerms step)
    {
        GradientVectors vectors = new(terms);
        TVec beta2 = TSimd.Broadcast(step.Beta2), rest2 = TSimd.Broadcast(step.Rest2), momentum = TSimd.Broadcast(step.Momentum);
        TVec rate = TSimd.Broadcast(-step.Rate), epsilon = TSimd.Broadcast(step.Epsilon);
        int i = 0;
        for (; i <= count - TSimd.Width; i += TSimd.Width)
        {
            TVec weights = TSimd.Load(p + i), gradient = vectors.Of(TSimd.Load(g + i), weights);
            TVec square = TSimd.MultiplyAdd(
                beta2, TSimd.Load(s + i), TSimd.Multiply(rest2, TSimd.Multiply(gradient, gradient)));
            TSimd.Store(square, s + i);
            TVec direction = TSimd.Divide(gradient, TSimd.Add(TSimd.Sqrt(square), epsilon));
            if (v != null)
            {
                direction = TSimd.MultiplyAdd(momentum, TSimd.Load(v + i), direction);
                TSimd.Store(direction, v + i);
            }

            TSimd.Store(TSimd.MultiplyAdd(rate, direction, weights), p + i);
        }

        for (; i < count; i++)
        {
            float gradient = terms.Of(g[i], p[i]);
            s[i] = MathF.FusedMultiplyAdd(step.Beta2, s[i], step.Rest2 * (gradient * gradient));
            float direction = gradient / (MathF.Sqrt(s[i]) + step.Epsilon);
            if (v != null)
            {
                v[i] = direction = MathF.FusedMultiplyAdd(step.Momentum, v[i], direction);
            }

            p[i] = MathF.FusedMultiplyAdd(-step.Rate, direction, p[i]);
        }
    }
}
