using StepNet.Kernels;
using StepNet.Tests.Execution;

namespace StepNet.Tests.Kernels;

/// <summary>Rows turned to columns, and rows added to those of a table.</summary>
public sealed unsafe class RowKernelTests
{
    private const float Untouched = 12345;

    [Theory]
    [InlineData(1, 1)]
    [InlineData(3, 5)]
    [InlineData(4, 4)]
    [InlineData(16, 32)]
    [InlineData(32, 17)]
    [InlineData(5, 33)]
    [InlineData(0, 4)]
    public void Transpose_AnySize_TurnsIt_AndTouchesNothingBeside(int rows, int columns)
    {
        int fromStep = columns + 3, toStep = rows + 2;
        float[] from = [.. Enumerable.Range(0, (rows + 1) * fromStep).Select(i => (float)i)];
        float[] to = [.. Enumerable.Repeat(Untouched, (columns + 1) * toStep)];
        fixed (float* source = from, target = to)
        {
            Transpose.Copy(source, fromStep, target, toStep, rows, columns);
        }

        for (int i = 0; i < to.Length; i++)
        {
            (int column, int row) = (i / toStep, i % toStep);
            Assert.Equal(column < columns && row < rows ? from[(row * fromStep) + column] : Untouched, to[i]);
        }
    }

    [Theory]
    [InlineData("avx512")]
    [InlineData("avx2")]
    [InlineData("portable")]
    public void AddToRows_IdsOutsideThePart_AreLeftOut(string path)
    {
        CpuExecutorTests.SkipWhereAbsent(path);
        const int Floats = 48;
        float[] ids = [2, 1, -1, 2, 4, float.NaN, 3, 2, 1e9f];
        float[] x = [.. Enumerable.Range(0, ids.Length * Floats).Select(i => MathF.Sin(i))];
        float[] sums = [.. Enumerable.Repeat(Untouched, 3 * Floats)], expected = [.. sums];
        for (int i = 0; i < ids.Length; i++)
        {
            for (int d = 0; d < Floats && ids[i] is 2 or 3; d++)
            {
                expected[(((int)ids[i] - 2) * Floats) + d] += x[(i * Floats) + d];
            }
        }

        fixed (float* pIds = ids, px = x, pSums = sums)
        {
            VectorKernels.Select(path).AddToRows(pIds, ids.Length, px, Floats, pSums, 2, 4);
        }

        Assert.Equal(expected, sums);
    }
}
