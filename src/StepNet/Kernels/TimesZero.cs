using System.Runtime.CompilerServices;

namespace StepNet.Kernels;

internal abstract unsafe partial class VectorKernels
{
    /// <summary>Sum of <c>0 x</c>: 0 where all values are finite, NaN where one is not.</summary>
    /// <param name="x">Values.</param>
    /// <param name="count">A multiple of 16: unbatched values are padded with zeros.</param>
    public abstract float TimesZero(float* x, int count);
}

internal sealed unsafe partial class VectorKernels<TSimd, TVec>
{
    // Four chains: one would wait for itself. 4 bytes move for an addition, so memory decides.
    [MethodImpl(Hot)]
    public override float TimesZero(float* x, int count)
    {
        TVec zero = TSimd.Zero, s0 = zero, s1 = zero, s2 = zero, s3 = zero;
        int i = 0;
        for (; i <= count - (4 * TSimd.Width); i += 4 * TSimd.Width)
        {
            s0 = TSimd.MultiplyAdd(zero, TSimd.Load(x + i), s0);
            s1 = TSimd.MultiplyAdd(zero, TSimd.Load(x + i + TSimd.Width), s1);
            s2 = TSimd.MultiplyAdd(zero, TSimd.Load(x + i + (2 * TSimd.Width)), s2);
            s3 = TSimd.MultiplyAdd(zero, TSimd.Load(x + i + (3 * TSimd.Width)), s3);
        }

        for (; i < count; i += TSimd.Width)
        {
            s0 = TSimd.MultiplyAdd(zero, TSimd.Load(x + i), s0);
        }

        return TSimd.Sum(TSimd.Add(TSimd.Add(s0, s1), TSimd.Add(s2, s3)));
    }
}
