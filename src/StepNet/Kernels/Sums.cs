using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace StepNet.Kernels;

internal abstract unsafe partial class VectorKernels
{
    /// <summary>
    /// Adds per-channel sums of one image: <c>sums[c] += sum of d</c>, <c>sums[C + c] += sum of d y</c>. With d = y these
    /// are the sums behind mean and variance.
    /// </summary>
    /// <param name="d">First factor.</param>
    /// <param name="y">Second factor.</param>
    /// <param name="sums">2 C doubles, C = padded channels.</param>
    /// <param name="e">Extent.</param>
    public abstract void ChannelSums(Rows d, Rows y, double* sums, Extent e);

    /// <summary>Sum of all products of one image.</summary>
    public abstract double Dot(Rows a, Rows b, Extent e);

    /// <summary>
    /// Sums <paramref name="count"/> parts of <paramref name="stride"/> floats into the first, elements
    /// [<paramref name="from"/>, <paramref name="to"/>): neighbours first, as a fixed binary tree, whoever computes it.
    /// </summary>
    public abstract void TreeSum(float* parts, int count, nint stride, int from, int to);

    /// <summary>
    /// Sum of all squares, in double: a float's square is exact there, so the four lanes give the same bits on every machine.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static double SumOfSquares(float* values, int count)
    {
        Vector256<double> sums = default;
        int i = 0;
        for (; i <= count - 8; i += 8)
        {
            (Vector256<double> low, Vector256<double> high) = Vector256.Widen(Vector256.Load(values + i));
            sums = sums + (low * low) + (high * high);
        }

        double sum = Vector256.Sum(sums);
        for (; i < count; i++)
        {
            sum += (double)values[i] * values[i];
        }

        return sum;
    }

    /// <summary>As <see cref="TreeSum(float*, int, nint, int, int)"/>, all of the elements.</summary>
    public static void TreeSum(double* parts, int count, int stride)
    {
        for (int distance = 1; distance < count; distance *= 2)
        {
            for (int part = 0; part + distance < count; part += 2 * distance)
            {
                double* into = parts + ((nint)part * stride), from = parts + ((nint)(part + distance) * stride);
                for (int i = 0; i < stride; i++)
                {
                    into[i] += from[i];
                }
            }
        }
    }
}

internal sealed unsafe partial class VectorKernels<TSimd, TVec>
{
    // Float lanes inside a row block of at most 256 pixels, four chains each, then doubles: an image's sum is good to some
    // 1e-7, and the sum over images exact to double. One vector of channels at a time keeps the chains in registers.
    [MethodImpl(Hot)]
    public override void ChannelSums(Rows d, Rows y, double* sums, Extent e)
    {
        if (e.Channels < TSimd.Width)
        {
            ScalarChannelSums(d, y, sums, e);
            return;
        }

        const int BlockPixels = 256;
        float* lanes = stackalloc float[2 * TSimd.Width];
        for (int c = 0; c < e.Channels; c += TSimd.Width)
        {
            for (int row = 0; row < e.RowCount; row++)
            {
                for (int from = c; from < e.RowFloats; from += BlockPixels * e.Channels)
                {
                    int pixels = Math.Min(BlockPixels, (e.RowFloats - from + e.Channels - 1) / e.Channels);
                    SumBlock(d[row] + from, y[row] + from, pixels, e.Channels, lanes);
                    for (int i = 0; i < TSimd.Width; i++)
                    {
                        sums[c + i] += lanes[i];
                        sums[e.Channels + c + i] += lanes[TSimd.Width + i];
                    }
                }
            }
        }
    }

    [MethodImpl(Hot)]
    private static void SumBlock(float* d, float* y, int pixels, int step, float* lanes)
    {
        TVec s0 = TSimd.Zero, s1 = s0, s2 = s0, s3 = s0, p0 = s0, p1 = s0, p2 = s0, p3 = s0;
        int p = 0;
        for (; p <= pixels - 4; p += 4, d += 4 * step, y += 4 * step)
        {
            TVec v = TSimd.Load(d);
            s0 = TSimd.Add(s0, v);
            p0 = TSimd.MultiplyAdd(v, TSimd.Load(y), p0);
            v = TSimd.Load(d + step);
            s1 = TSimd.Add(s1, v);
            p1 = TSimd.MultiplyAdd(v, TSimd.Load(y + step), p1);
            v = TSimd.Load(d + (2 * step));
            s2 = TSimd.Add(s2, v);
            p2 = TSimd.MultiplyAdd(v, TSimd.Load(y + (2 * step)), p2);
            v = TSimd.Load(d + (3 * step));
            s3 = TSimd.Add(s3, v);
            p3 = TSimd.MultiplyAdd(v, TSimd.Load(y + (3 * step)), p3);
        }

        for (; p < pixels; p++, d += step, y += step)
        {
            TVec v = TSimd.Load(d);
            s0 = TSimd.Add(s0, v);
            p0 = TSimd.MultiplyAdd(v, TSimd.Load(y), p0);
        }

        TSimd.Store(TSimd.Add(TSimd.Add(s0, s1), TSimd.Add(s2, s3)), lanes);
        TSimd.Store(TSimd.Add(TSimd.Add(p0, p1), TSimd.Add(p2, p3)), lanes + TSimd.Width);
    }

    [MethodImpl(Hot)]
    private static void ScalarChannelSums(Rows d, Rows y, double* sums, Extent e)
    {
        for (int row = 0; row < e.RowCount; row++)
        {
            for (int i = 0; i < e.RowFloats; i++)
            {
                int c = i % e.Channels;
                double v = d[row][i];
                sums[c] += v;
                sums[e.Channels + c] += v * y[row][i];
            }
        }
    }

    [MethodImpl(Hot)]
    public override double Dot(Rows a, Rows b, Extent e)
    {
        double sum = 0;
        for (int row = 0; row < e.RowCount; row++)
        {
            for (int from = 0; from < e.RowFloats; from += 4096)
            {
                sum += DotBlock(a[row] + from, b[row] + from, Math.Min(4096, e.RowFloats - from));
            }
        }

        return sum;
    }

    [MethodImpl(Hot)]
    private static double DotBlock(float* a, float* b, int length)
    {
        TVec s0 = TSimd.Zero, s1 = s0, s2 = s0, s3 = s0;
        int i = 0, w = TSimd.Width;
        for (; i <= length - (4 * w); i += 4 * w)
        {
            s0 = TSimd.MultiplyAdd(TSimd.Load(a + i), TSimd.Load(b + i), s0);
            s1 = TSimd.MultiplyAdd(TSimd.Load(a + i + w), TSimd.Load(b + i + w), s1);
            s2 = TSimd.MultiplyAdd(TSimd.Load(a + i + (2 * w)), TSimd.Load(b + i + (2 * w)), s2);
            s3 = TSimd.MultiplyAdd(TSimd.Load(a + i + (3 * w)), TSimd.Load(b + i + (3 * w)), s3);
        }

        double tail = 0;
        for (; i < length; i++)
        {
            tail += (double)a[i] * b[i];
        }

        return TSimd.Sum(TSimd.Add(TSimd.Add(s0, s1), TSimd.Add(s2, s3))) + tail;
    }

    [MethodImpl(Hot)]
    public override void TreeSum(float* parts, int count, nint stride, int from, int to)
    {
        for (int distance = 1; distance < count; distance *= 2)
        {
            for (int part = 0; part + distance < count; part += 2 * distance)
            {
                Add(parts + (part * stride), parts + ((part + distance) * stride), from, to);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Add(float* into, float* values, int from, int to)
    {
        int i = from;
        for (; i <= to - TSimd.Width; i += TSimd.Width)
        {
            TSimd.Store(TSimd.Add(TSimd.Load(into + i), TSimd.Load(values + i)), into + i);
        }

        for (; i < to; i++)
        {
            into[i] += values[i];
        }
    }
}
