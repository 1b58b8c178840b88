using System.Runtime.CompilerServices;

namespace StepNet.Kernels;

/// <summary>What an optimiser's kernel makes of a gradient before its rule sees it: <c>clamp(Scale g, ±Limit) + Decay p</c>.</summary>
/// <param name="Scale">Clipping by norm; 1 for none.</param>
/// <param name="Limit">Clipping by value; infinity for none.</param>
/// <param name="Decay">L2 penalty's factor; 0 for none.</param>
internal readonly record struct GradientTerms(float Scale, float Limit, float Decay)
{
    /// <summary>The term of one value.</summary>
    public float Of(float g, float p) => MathF.FusedMultiplyAdd(Decay, p, Math.Clamp(Scale * g, -Limit, Limit));
}

internal sealed unsafe partial class VectorKernels<TSimd, TVec>
{
    /// <summary><see cref="GradientTerms"/> in vectors: scale 1 and an infinite limit leave a gradient's bits alone.</summary>
    private readonly struct GradientVectors(GradientTerms terms)
    {
        private readonly TVec _scale = TSimd.Broadcast(terms.Scale);
        private readonly TVec _limit = TSimd.Broadcast(terms.Limit);
        private readonly TVec _decay = TSimd.Broadcast(terms.Decay);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public TVec Of(TVec g, TVec p) => TSimd.MultiplyAdd(_decay, p, TSimd.Clamp(TSimd.Multiply(_scale, g), _limit));
    }
}
