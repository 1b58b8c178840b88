using System.Runtime.Intrinsics;

namespace StepNet.Imaging.Jpeg;

/// <summary>
/// Coefficients of a block to samples: the inverse cosine transform of Loeffler, Ligtenberg and Moschytz (1989) in integers of
/// 13 fraction bits, two more between the passes: the precision and rounding that decoders agree on.
/// </summary>
internal static class JpegInverseDct
{
    private const int FractionBits = 13;
    private const int ExtraBits = 2;

    /// <summary>Place in the block of the k-th coefficient of the zigzag.</summary>
    internal static ReadOnlySpan<byte> NaturalOrder =>
    [
        0, 1, 8, 16, 9, 2, 3, 10, 17, 24, 32, 25, 18, 11, 4, 5, 12, 19, 26, 33, 40, 48, 41, 34, 27, 20, 13, 6, 7, 14, 21, 28,
        35, 42, 49, 56, 57, 50, 43, 36, 29, 22, 15, 23, 30, 37, 44, 51, 58, 59, 52, 45, 38, 31, 39, 46, 53, 60, 61, 54, 47, 55, 62, 63,
    ];

    /// <param name="block">64 coefficients in natural order.</param>
    /// <param name="quantization">64 factors in natural order.</param>
    /// <param name="samples">Receives eight rows of eight.</param>
    /// <param name="stride">From row to row.</param>
    internal static void Run(ReadOnlySpan<short> block, ReadOnlySpan<ushort> quantization, Span<byte> samples, int stride)
    {
        Span<int> values = stackalloc int[JpegComponent.BlockSize];
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = block[i] * quantization[i];
        }

        Columns(values, FractionBits - ExtraBits);
        Transpose(values);
        Columns(values, FractionBits + ExtraBits + 3);
        for (int y = 0; y < 8; y++)
        {
            for (int x = 0; x < 8; x++)
            {
                samples[(y * stride) + x] = (byte)Math.Clamp(values[(8 * x) + y] + 128, 0, 255);
            }
        }
    }

    private static void Transpose(Span<int> values)
    {
        for (int y = 1; y < 8; y++)
        {
            for (int x = 0; x < y; x++)
            {
                (values[(8 * y) + x], values[(8 * x) + y]) = (values[(8 * x) + y], values[(8 * y) + x]);
            }
        }
    }

    // All eight columns at once, one in each lane.
    private static void Columns(Span<int> v, int shift)
    {
        Vector256<int> v0 = Row(v, 0), v1 = Row(v, 1), v2 = Row(v, 2), v3 = Row(v, 3);
        Vector256<int> v4 = Row(v, 4), v5 = Row(v, 5), v6 = Row(v, 6), v7 = Row(v, 7);

        // Even part: a rotation of 2 and 6, a butterfly of 0 and 4.
        Vector256<int> rotated = (v2 + v6) * Fixed(0.541196100);
        Vector256<int> e3 = rotated + (v2 * Fixed(0.765366865)), e2 = rotated - (v6 * Fixed(1.847759065));
        Vector256<int> sum = (v0 + v4) << FractionBits, difference = (v0 - v4) << FractionBits;
        Vector256<int> a0 = sum + e3, a3 = sum - e3, a1 = difference + e2, a2 = difference - e2;

        // Odd part: 1, 3, 5 and 7.
        Vector256<int> all = (v7 + v3 + v5 + v1) * Fixed(1.175875602);
        Vector256<int> z1 = (v7 + v1) * Fixed(-0.899976223), z2 = (v5 + v3) * Fixed(-2.562915447);
        Vector256<int> z3 = ((v7 + v3) * Fixed(-1.961570560)) + all, z4 = ((v5 + v1) * Fixed(-0.390180644)) + all;
        Vector256<int> b0 = (v7 * Fixed(0.298631336)) + z1 + z3, b1 = (v5 * Fixed(2.053119869)) + z2 + z4;
        Vector256<int> b2 = (v3 * Fixed(3.072711026)) + z2 + z3, b3 = (v1 * Fixed(1.501321110)) + z1 + z4;

        Vector256<int> half = Vector256.Create(1 << (shift - 1));
        Store(v, 0, a0 + b3);
        Store(v, 7, a0 - b3);
        Store(v, 1, a1 + b2);
        Store(v, 6, a1 - b2);
        Store(v, 2, a2 + b1);
        Store(v, 5, a2 - b1);
        Store(v, 3, a3 + b0);
        Store(v, 4, a3 - b0);

        static Vector256<int> Row(Span<int> v, int row) => Vector256.Create<int>(v.Slice(8 * row, 8));

        void Store(Span<int> v, int row, Vector256<int> value) => ((value + half) >> shift).CopyTo(v[(8 * row)..]);
    }

    private static int Fixed(double factor) => (int)Math.Round(factor * (1 << FractionBits));
}
