using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;

namespace StepNet.Kernels;

/// <summary>Rows to columns. It moves numbers and computes none, so 128-bit vectors serve every instruction set.</summary>
internal static unsafe class Transpose
{
    // Squares of 4 x 4 in registers: four loads, eight shuffles and four stores for sixteen numbers.
    private const int Side = 4;

    /// <summary><c>to[column, row] = from[row, column]</c>.</summary>
    /// <param name="from">Matrix read.</param>
    /// <param name="fromStep">Floats from a row of it to the next.</param>
    /// <param name="to">Matrix written.</param>
    /// <param name="toStep">Floats from a row of it to the next.</param>
    /// <param name="rows">Rows read.</param>
    /// <param name="columns">Columns read.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Copy(float* from, int fromStep, float* to, int toStep, int rows, int columns)
    {
        int fullRows = rows / Side * Side, fullColumns = columns / Side * Side;
        for (int column = 0; column < fullColumns; column += Side)
        {
            for (int row = 0; row < fullRows; row += Side)
            {
                Square(from + ((nint)row * fromStep) + column, fromStep, to + ((nint)column * toStep) + row, toStep);
            }
        }

        Edge(from, fromStep, to, toStep, 0, fullRows, fullColumns, columns);
        Edge(from, fromStep, to, toStep, fullRows, rows, 0, columns);
    }

    /// <summary>Asks for memory that is to be read soon and lies too far from the present for the processor to guess.</summary>
    public static void Prefetch(float* from, int floats)
    {
        const int LineFloats = 16;
        if (Sse.IsSupported)
        {
            for (int i = 0; i < floats; i += LineFloats)
            {
                Sse.Prefetch0(from + i);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Square(float* from, nint fromStep, float* to, nint toStep)
    {
        Vector128<float> a = Vector128.Load(from), b = Vector128.Load(from + fromStep);
        Vector128<float> c = Vector128.Load(from + (2 * fromStep)), d = Vector128.Load(from + (3 * fromStep));
        Vector128<float> acLow = ZipLow(a, c), acHigh = ZipHigh(a, c), bdLow = ZipLow(b, d), bdHigh = ZipHigh(b, d);
        ZipLow(acLow, bdLow).Store(to);
        ZipHigh(acLow, bdLow).Store(to + toStep);
        ZipLow(acHigh, bdHigh).Store(to + (2 * toStep));
        ZipHigh(acHigh, bdHigh).Store(to + (3 * toStep));
    }

    // The lower halves, alternating.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<float> ZipLow(Vector128<float> a, Vector128<float> b) =>
        Sse.IsSupported ? Sse.UnpackLow(a, b)
        : AdvSimd.Arm64.IsSupported ? AdvSimd.Arm64.ZipLow(a, b)
        : Vector128.Create(a[0], b[0], a[1], b[1]);

    // The upper halves.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<float> ZipHigh(Vector128<float> a, Vector128<float> b) =>
        Sse.IsSupported ? Sse.UnpackHigh(a, b)
        : AdvSimd.Arm64.IsSupported ? AdvSimd.Arm64.ZipHigh(a, b)
        : Vector128.Create(a[2], b[2], a[3], b[3]);

    private static void Edge(float* from, int fromStep, float* to, int toStep, int firstRow, int endRow, int firstColumn, int endColumn)
    {
        for (int column = firstColumn; column < endColumn; column++)
        {
            for (int row = firstRow; row < endRow; row++)
            {
                to[((nint)column * toStep) + row] = from[((nint)row * fromStep) + column];
            }
        }
    }
}
