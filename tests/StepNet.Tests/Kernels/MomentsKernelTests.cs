using StepNet.Kernels;
using StepNet.Tests.Execution;

namespace StepNet.Tests.Kernels;

/// <summary>The kernels of the taps on every instruction set, by name, against plain loops in double, around the vector width.</summary>
public sealed unsafe class MomentsKernelTests
{
    public static TheoryData<string, int> PathsAndLengths() => VectorKernelTests.PathsAndLengths();

    [Theory]
    [MemberData(nameof(PathsAndLengths))]
    public void Moments_AnyLength_MatchesPlainLoop(string path, int length)
    {
        CpuExecutorTests.SkipWhereAbsent(path);
        float[] x = Values(length, 1);
        double* sums = stackalloc double[2] { 3, 5 };
        fixed (float* p = x)
        {
            VectorKernels.Select(path).Moments(new Rows(p, length), sums, new Extent(1, length, 16));
        }

        Assert.Equal(3 + x.Sum(value => (double)value), sums[0], 1e-5 * (1 + length));
        Assert.Equal(5 + x.Sum(value => (double)value * value), sums[1], 1e-6 * (1 + length));
    }

    [Theory]
    [MemberData(nameof(PathsAndLengths))]
    public void SquaredDistance_AnyLength_MatchesPlainLoop(string path, int length)
    {
        CpuExecutorTests.SkipWhereAbsent(path);
        float[] x = Values(length, 1), y = Values(length, 2);
        fixed (float* a = x, b = y)
        {
            double sum = VectorKernels.Select(path).SquaredDistance(new Rows(a, length), new Rows(b, length), new Extent(1, length, 16));

            Assert.Equal(x.Zip(y).Sum(pair => Math.Pow((double)pair.First - pair.Second, 2)), sum, 1e-6 * (1 + length));
        }
    }

    [Theory]
    [InlineData("avx512")]
    [InlineData("avx2")]
    [InlineData("portable")]
    public void Kernels_RowsInsideAHalo_LeaveTheHaloOut(string path)
    {
        // Three rows of 9,000 floats, more than two blocks, 16 floats apart, with NaN between them.
        CpuExecutorTests.SkipWhereAbsent(path);
        const int Row = 9000, Stride = Row + 16;
        float[] x = Values(3 * Stride, 3), y = Values(3 * Stride, 4);
        (double sum, double squares, double distance) = (0, 0, 0);
        for (int i = 0; i < x.Length; i++)
        {
            if (i % Stride >= Row)
            {
                (x[i], y[i]) = (float.NaN, float.NaN);
                continue;
            }

            sum += x[i];
            squares += (double)x[i] * x[i];
            distance += Math.Pow((double)x[i] - y[i], 2);
        }

        double* sums = stackalloc double[2];
        (sums[0], sums[1]) = (0, 0);
        fixed (float* a = x, b = y)
        {
            VectorKernels kernels = VectorKernels.Select(path);
            Extent extent = new(3, Row, 16);
            kernels.Moments(new Rows(a, Stride), sums, extent);
            Assert.Equal(distance, kernels.SquaredDistance(new Rows(a, Stride), new Rows(b, Stride), extent), 1e-6 * distance);
        }

        Assert.Equal(sum, sums[0], 0.02);
        Assert.Equal(squares, sums[1], 1e-6 * squares);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(8)]
    [InlineData(1003)]
    public void SumOfMagnitudes_AnyLength_IsExactToDouble(int length)
    {
        float[] x = Values(length, 5);
        fixed (float* p = x)
        {
            Assert.Equal(x.Sum(value => Math.Abs((double)value)), VectorKernels.SumOfMagnitudes(p, length), 1e-12 * (1 + length));
        }
    }

    private static float[] Values(int length, ulong seed) => [.. Compute.Uniform(length, seed).Select(value => (float)value)];
}
