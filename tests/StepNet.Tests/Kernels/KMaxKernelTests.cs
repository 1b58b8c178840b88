using StepNet.Kernels;
using StepNet.Tests.Execution;

namespace StepNet.Tests.Kernels;

/// <summary>The k largest of every channel on every instruction set, by name, against a stable sort: bit by bit.</summary>
public sealed unsafe class KMaxKernelTests
{
    private const float Untouched = 12345;

    // Some have another bit pattern than their equals: 0 and -0, two NaNs.
    private static readonly float[] s_values =
    [
        1, -1, 0, -0f, float.NaN, BitConverter.Int32BitsToSingle(-0x3FFFFF), float.PositiveInfinity, float.NegativeInfinity,
        float.Epsilon, -float.Epsilon, float.MaxValue, float.MinValue, 1, 1, -1, 0.5f,
    ];

    public static TheoryData<string, int, int, int> Sizes()
    {
        TheoryData<string, int, int, int> data = [];
        foreach (string path in new[] { "avx512", "avx2", "portable" })
        {
            foreach ((int channels, int length, int k) in new[] { (16, 1, 1), (16, 9, 1), (48, 9, 9), (16, 32, 8), (80, 33, 5), (16, 300, 17) })
            {
                data.Add(path, channels, length, k);
            }
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(Sizes))]
    public void KMax_TiesAndNaN_AreThoseOfAStableSort(string path, int channels, int length, int k)
    {
        CpuExecutorTests.SkipWhereAbsent(path);
        float[] x = Sequence(channels, length), y = Filled((k * channels) + 1), expected = Filled((k * channels) + 1);
        for (int c = 0; c < channels; c++)
        {
            int[] chosen = Chosen(x, channels, length, k, c);
            for (int j = 0; j < k; j++)
            {
                expected[(j * channels) + c] = x[(chosen[j] * channels) + c];
            }
        }

        KMaxPlan plan = new(length, channels, k);
        fixed (float* px = x, py = y, scratch = new float[plan.ScratchFloats])
        {
            VectorKernels.Select(path).KMax(plan, px, py, scratch);
        }

        Assert.Equal(Bits(expected), Bits(y));
    }

    [Theory]
    [MemberData(nameof(Sizes))]
    public void KMaxBackward_TiesAndNaN_GoesToThoseOfAStableSort(string path, int channels, int length, int k)
    {
        CpuExecutorTests.SkipWhereAbsent(path);
        float[] x = Sequence(channels, length), dx = Filled((length * channels) + 1), expected = new float[(length * channels) + 1];
        float[] dy = [.. Enumerable.Range(1, k * channels).Select(i => (float)i)];
        expected[^1] = Untouched;
        for (int c = 0; c < channels; c++)
        {
            int[] chosen = Chosen(x, channels, length, k, c);
            for (int j = 0; j < k; j++)
            {
                expected[(chosen[j] * channels) + c] = dy[(j * channels) + c];
            }
        }

        KMaxPlan plan = new(length, channels, k);
        fixed (float* px = x, pdy = dy, pdx = dx, scratch = new float[plan.ScratchFloats])
        {
            VectorKernels.Select(path).KMaxBackward(plan, pdy, px, pdx, scratch);
        }

        Assert.Equal(Bits(expected), Bits(dx));
    }

    // Channels by turns: mostly distinct numbers, special values, few different numbers.
    private static float[] Sequence(int channels, int length)
    {
        Random random = new(length);
        float[] x = new float[length * channels];
        for (int i = 0; i < x.Length; i++)
        {
            x[i] = (i % channels % 3) switch
            {
                0 => (random.NextSingle() * 2) - 1,
                1 => s_values[random.Next(s_values.Length)],
                _ => random.Next(3) - 1,
            };
        }

        return x;
    }

    // float.CompareTo puts NaN below all numbers, and 0 beside -0.
    private static int[] Chosen(float[] x, int channels, int length, int k, int c) =>
    [
        .. Enumerable.Range(0, length)
            .OrderByDescending(i => float.IsNaN(x[(i * channels) + c]))
            .ThenByDescending(i => x[(i * channels) + c])
            .Take(k)
            .Order(),
    ];

    private static float[] Filled(int count) => [.. Enumerable.Repeat(Untouched, count)];

    private static int[] Bits(float[] values) => [.. values.Select(BitConverter.SingleToInt32Bits)];
}
