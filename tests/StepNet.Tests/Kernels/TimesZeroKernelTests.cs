using StepNet.Kernels;
using StepNet.Tests.Execution;

namespace StepNet.Tests.Kernels;

/// <summary>The finite guard's kernel on every instruction set, by name: one value that is not finite, wherever it stands, shows.</summary>
public sealed unsafe class TimesZeroKernelTests
{
    // Next to each other, so that every lane meets every one of them.
    private static readonly float[] s_finite =
    [
        1, -1, 0, -0f, float.MaxValue, float.MinValue, 1e30f, -3e38f, float.Epsilon, -float.Epsilon, 1e-40f, -1e-40f, 1.1754944e-38f,
    ];

    // Multiples of 16, as the kernel asks: less than four vectors of each width, four of them, and some left over.
    public static TheoryData<string, int> PathsAndCounts()
    {
        TheoryData<string, int> data = [];
        foreach (string path in new[] { "avx512", "avx2", "portable" })
        {
            foreach (int count in new[] { 16, 32, 48, 64, 80, 1008 })
            {
                data.Add(path, count);
            }
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(PathsAndCounts))]
    public void TimesZero_OneValueNotFinite_IsNaN(string path, int count)
    {
        CpuExecutorTests.SkipWhereAbsent(path);
        VectorKernels kernels = VectorKernels.Select(path);
        float[] x = Finite(count, 0);
        fixed (float* p = x)
        {
            foreach (float bad in new[] { float.NaN, float.PositiveInfinity, float.NegativeInfinity })
            {
                for (int i = 0; i < count; i++)
                {
                    float good = x[i];
                    x[i] = bad;
                    float sum = kernels.TimesZero(p, count);
                    Assert.True(float.IsNaN(sum), $"{bad} at {i} of {count} gave {sum}");
                    x[i] = good;
                }
            }
        }
    }

    [Theory]
    [MemberData(nameof(PathsAndCounts))]
    public void TimesZero_AllFinite_IsZero(string path, int count)
    {
        CpuExecutorTests.SkipWhereAbsent(path);
        VectorKernels kernels = VectorKernels.Select(path);
        for (int shift = 0; shift < s_finite.Length; shift++)
        {
            // What lies behind is not read.
            float[] x = [.. Finite(count, shift), .. Enumerable.Repeat(float.NaN, 16)];
            fixed (float* p = x)
            {
                Assert.Equal(0, kernels.TimesZero(p, count));
            }
        }
    }

    private static float[] Finite(int count, int shift) => [.. Enumerable.Range(shift, count).Select(i => s_finite[i % s_finite.Length])];
}
