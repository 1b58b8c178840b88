using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace StepNet.Kernels;

internal abstract unsafe partial class VectorKernels
{
    /// <summary>Adds an image's sum and sum of squares: <c>sums[0] += sum of x</c>, <c>sums[1] += sum of x²</c>.</summary>
    /// <param name="x">Image; padding channels are zero and may be counted.</param>
    /// <param name="sums">2 doubles.</param>
    /// <param name="e">Extent.</param>
    public abstract void Moments(Rows x, double* sums, Extent e);

    /// <summary>Sum of <c>(a - b)²</c> of one image.</summary>
    public abstract double SquaredDistance(Rows a, Rows b, Extent e);

    /// <summary>Sum of all absolute values, in double: four lanes, the same bits on every machine.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static double SumOfMagnitudes(float* values, int count)
    {
        Vector256<double> sums = default;
        int i = 0;
        for (; i <= count - 8; i += 8)
        {
            (Vector256<double> low, Vector256<double> high) = Vector256.Widen(Vector256.Abs(Vector256.Load(values + i)));
            sums = sums + low + high;
        }

        double sum = Vector256.Sum(sums);
        for (; i < count; i++)
        {
            sum += Math.Abs(values[i]);
        }

        return sum;
    }
}

internal sealed unsafe partial class VectorKernels<TSimd, TVec>
{
    // Floats of a block, summed up in float lanes: 4,096 over four chains leave an error of some 1e-6 of the sum of magnitudes.
    private const int MomentsBlock = 4096;

    // One pass over what a step before it has just written: bound by the second cache, so two chains for each sum are enough.
    [MethodImpl(Hot)]
    public override void Moments(Rows x, double* sums, Extent e)
    {
        for (int row = 0; row < e.RowCount; row++)
        {
            for (int from = 0; from < e.RowFloats; from += MomentsBlock)
            {
                MomentsOfBlock(x[row] + from, Math.Min(MomentsBlock, e.RowFloats - from), sums);
            }
        }
    }

    [MethodImpl(Hot)]
    private static void MomentsOfBlock(float* x, int length, double* sums)
    {
        TVec s0 = TSimd.Zero, s1 = s0, p0 = s0, p1 = s0;
        int i = 0, w = TSimd.Width;
        for (; i <= length - (2 * w); i += 2 * w)
        {
            TVec a = TSimd.Load(x + i), b = TSimd.Load(x + i + w);
            s0 = TSimd.Add(s0, a);
            p0 = TSimd.MultiplyAdd(a, a, p0);
            s1 = TSimd.Add(s1, b);
            p1 = TSimd.MultiplyAdd(b, b, p1);
        }

        double sum = TSimd.Sum(TSimd.Add(s0, s1)), squares = TSimd.Sum(TSimd.Add(p0, p1));
        for (; i < length; i++)
        {
            sum += x[i];
            squares += (double)x[i] * x[i];
        }

        sums[0] += sum;
        sums[1] += squares;
    }

    [MethodImpl(Hot)]
    public override double SquaredDistance(Rows a, Rows b, Extent e)
    {
        double sum = 0;
        for (int row = 0; row < e.RowCount; row++)
        {
            for (int from = 0; from < e.RowFloats; from += MomentsBlock)
            {
                sum += DistanceOfBlock(a[row] + from, b[row] + from, Math.Min(MomentsBlock, e.RowFloats - from));
            }
        }

        return sum;
    }

    [MethodImpl(Hot)]
    private static double DistanceOfBlock(float* a, float* b, int length)
    {
        TVec s0 = TSimd.Zero, s1 = s0;
        int i = 0, w = TSimd.Width;
        for (; i <= length - (2 * w); i += 2 * w)
        {
            TVec d0 = TSimd.Subtract(TSimd.Load(a + i), TSimd.Load(b + i));
            TVec d1 = TSimd.Subtract(TSimd.Load(a + i + w), TSimd.Load(b + i + w));
            s0 = TSimd.MultiplyAdd(d0, d0, s0);
            s1 = TSimd.MultiplyAdd(d1, d1, s1);
        }

        double sum = TSimd.Sum(TSimd.Add(s0, s1));
        for (; i < length; i++)
        {
            double d = (double)a[i] - b[i];
            sum += d * d;
        }

        return sum;
    }
}
