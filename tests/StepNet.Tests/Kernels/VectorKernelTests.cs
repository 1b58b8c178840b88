using StepNet.Kernels;

namespace StepNet.Tests.Kernels;

/// <summary>Every vector kernel of every instruction set, by name, against plain loops in double, around the vector width.</summary>
public sealed unsafe class VectorKernelTests
{
    private const float Untouched = 12345;

    public static TheoryData<string, int> PathsAndLengths()
    {
        TheoryData<string, int> data = [];
        foreach (string path in new[] { "avx512", "avx2", "portable" })
        {
            foreach (int length in new[] { 0, 1, 3, 4, 5, 7, 8, 9, 15, 16, 17, 31, 33, 1003 })
            {
                data.Add(path, length);
            }
        }

        return data;
    }

    public static TheoryData<string, int, int> PathsChannelsAndPixels()
    {
        TheoryData<string, int, int> data = [];
        foreach (string path in new[] { "avx512", "avx2", "portable" })
        {
            foreach (int channels in new[] { 1, 4, 16, 32, 48, 80 })
            {
                foreach (int pixels in new[] { 1, 3, 4, 5, 300 })
                {
                    data.Add(path, channels, pixels);
                }
            }
        }

        return data;
    }

    [Fact]
    public void Available_EndsWithPortable_AndSelectTakesTheFirst()
    {
        Assert.Equal("portable", VectorKernels.Available[^1]);
        Assert.Equal(VectorKernels.Available[0], VectorKernels.Select().Name);
        Assert.Contains("This machine has: ", Assert.Throws<InvalidOperationException>(
            () => VectorKernels.Select("mmx")).Message, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(PathsAndLengths))]
    public void Relu_AnyLength_MatchesScalar(string path, int length) =>
        Elementwise(path, length, (k, p, e) => k.Relu(p[0], p[3], e), (a, _, _) => a < 0 ? 0 : a);

    [Theory]
    [MemberData(nameof(PathsAndLengths))]
    public void ReluBackward_AnyLength_MatchesScalar(string path, int length) =>
        Elementwise(path, length, (k, p, e) => k.ReluBackward(p[0], p[1], p[3], e), (a, b, _) => b > 0 ? a : 0);

    [Theory]
    [MemberData(nameof(PathsAndLengths))]
    public void Multiply_AnyLength_MatchesScalar(string path, int length) =>
        Elementwise(path, length, (k, p, e) => k.Multiply(p[0], p[1], p[3], e), (a, b, _) => a * b);

    [Theory]
    [MemberData(nameof(PathsAndLengths))]
    public void GatedSum_AnyLength_MatchesScalar(string path, int length)
    {
        // One factor for all here; CpuFusedOperationTests has one a channel.
        float[] factors = [.. Enumerable.Repeat(0.3f, 16)];
        fixed (float* f = factors)
        {
            float* p0 = f;
            Elementwise(path, length, (k, p, e) => k.GatedSum(p[0], p[1], p0, p[2], p[3], e), (a, b, g) => g > 0 ? a + (0.3f * b) : 0);
            Elementwise(path, length, (k, p, e) => k.GatedSum(p[0], p[1], p0, default, p[3], e), (a, b, _) => a + (0.3f * b));
        }
    }

    [Theory]
    [MemberData(nameof(PathsAndLengths))]
    public void Relu_NaN_StaysNaN(string path, int length)
    {
        VectorKernels kernels = Kernels(path);
        float[] x = [.. Enumerable.Repeat(float.NaN, length)], y = new float[length];
        fixed (float* px = x, py = y)
        {
            kernels.Relu(new Rows(px, length), new Rows(py, length), new Extent(1, length, 16));
        }

        Assert.All(y, value => Assert.True(float.IsNaN(value)));
    }

    [Theory]
    [MemberData(nameof(PathsAndLengths))]
    public void Dot_AnyLength_MatchesScalar(string path, int length)
    {
        VectorKernels kernels = Kernels(path);
        float[] a = Values(length, 1), b = Values(length, 2);
        fixed (float* pa = a, pb = b)
        {
            double expected = a.Zip(b, (u, v) => (double)u * v).Sum();
            Assert.Equal(expected, kernels.Dot(new Rows(pa, length), new Rows(pb, length), new Extent(1, length, 16)), 1e-5);
        }
    }

    [Theory]
    [MemberData(nameof(PathsAndLengths))]
    public void TreeSum_AnyLengthAndCount_AddsAllParts(string path, int length)
    {
        VectorKernels kernels = Kernels(path);
        foreach (int count in new[] { 1, 2, 3, 5, 8, 13 })
        {
            float[] parts = Values(count * length, count), original = [.. parts];
            fixed (float* p = parts)
            {
                kernels.TreeSum(p, count, length, 0, length);
            }

            for (int i = 0; i < length; i++)
            {
                Assert.Equal(Enumerable.Range(0, count).Sum(part => (double)original[(part * length) + i]), parts[i], 1e-5);
            }
        }
    }

    [Theory]
    [MemberData(nameof(PathsChannelsAndPixels))]
    public void ChannelAffine_AnyShape_MatchesScalar(string path, int channels, int pixels)
    {
        float[] a = Values(channels, 5), b = Values(channels, 6);
        foreach (bool relu in new[] { false, true })
        {
            Elementwise(path, channels * pixels, Run, Expected, channels);

            void Run(VectorKernels k, Rows[] p, Extent e)
            {
                fixed (float* pa = a, pb = b)
                {
                    k.ChannelAffine(p[0], pa, pb, p[3], e, relu);
                }
            }

            double Expected(float x, float _, float __, int i)
            {
                double y = ((double)a[i % channels] * x) + b[i % channels];
                return relu && y < 0 ? 0 : y;
            }
        }
    }

    [Theory]
    [MemberData(nameof(PathsChannelsAndPixels))]
    public void Combine_AnyShape_MatchesScalar(string path, int channels, int pixels)
    {
        float[] ca = Values(channels, 5), cb = Values(channels, 6), cc = Values(channels, 7);
        foreach (bool relu in new[] { false, true })
        {
            Elementwise(path, channels * pixels, Run, Expected, channels);

            void Run(VectorKernels k, Rows[] p, Extent e)
            {
                fixed (float* pa = ca, pb = cb, pc = cc)
                {
                    k.Combine(p[0], p[1], pa, pb, pc, p[3], e, relu);
                }
            }

            double Expected(float x, float f, float _, int i)
            {
                int c = i % channels;
                double y = ((double)ca[c] * x) + ((double)cb[c] * f) + cc[c];
                return relu && y < 0 ? 0 : y;
            }
        }
    }

    [Theory]
    [MemberData(nameof(PathsChannelsAndPixels))]
    public void ChannelSums_AnyShape_MatchesScalar(string path, int channels, int pixels)
    {
        VectorKernels kernels = Kernels(path);
        // Two rows with a gap between them, as inside a halo.
        int row = channels * pixels, stride = row + 32;
        float[] d = Values(2 * stride, 1), y = Values(2 * stride, 2);
        double[] sums = new double[2 * channels];
        sums[0] = 100;
        fixed (float* pd = d, py = y)
        {
            fixed (double* ps = sums)
            {
                kernels.ChannelSums(new Rows(pd, stride), new Rows(py, stride), ps, new Extent(2, row, channels));
            }
        }

        for (int c = 0; c < channels; c++)
        {
            double sum = c == 0 ? 100 : 0, products = 0;
            for (int p = 0; p < 2 * pixels; p++)
            {
                int i = (p / pixels * stride) + (p % pixels * channels) + c;
                sum += d[i];
                products += (double)d[i] * y[i];
            }

            Assert.Equal(sum, sums[c], 1e-4);
            Assert.Equal(products, sums[channels + c], 1e-4);
        }
    }

    [Theory]
    [InlineData("avx512")]
    [InlineData("avx2")]
    [InlineData("portable")]
    public void AverageAndSpreadPixels_AreMeanAndItsGradient(string path)
    {
        VectorKernels kernels = Kernels(path);
        const int Channels = 48, Pixels = 7;
        float[] x = Values(Channels * Pixels, 1), mean = new float[Channels], dx = new float[Channels * Pixels];
        Extent e = new(1, Channels * Pixels, Channels);
        fixed (float* px = x, pm = mean, pdx = dx)
        {
            kernels.AveragePixels(new Rows(px, 0), pm, e);
            kernels.SpreadPixels(pm, new Rows(pdx, 0), e);
        }

        for (int c = 0; c < Channels; c++)
        {
            double expected = Enumerable.Range(0, Pixels).Average(p => (double)x[(p * Channels) + c]);
            Assert.Equal(expected, mean[c], 1e-6);
            Assert.Equal(expected / Pixels, dx[(3 * Channels) + c], 1e-6);
        }
    }

    private static void Elementwise(
        string path, int length, Action<VectorKernels, Rows[], Extent> kernel, Func<float, float, float, double> expected) =>
        Elementwise(path, length, kernel, (a, b, c, _) => expected(a, b, c), 16);

    // Two rows, a gap behind each: what lies in the gap must stay as it was.
    private static void Elementwise(
        string path, int length, Action<VectorKernels, Rows[], Extent> kernel, Func<float, float, float, int, double> expected, int channels)
    {
        VectorKernels kernels = Kernels(path);
        int stride = length + 17;
        float[] a = Values(2 * stride, 1), b = Values(2 * stride, 2), c = Values(2 * stride, 3);
        float[] y = [.. Enumerable.Repeat(Untouched, 2 * stride)];
        fixed (float* pa = a, pb = b, pc = c, py = y)
        {
            Rows[] rows = [new(pa, stride), new(pb, stride), new(pc, stride), new(py, stride)];
            kernel(kernels, rows, new Extent(2, length, channels));
        }

        for (int i = 0; i < y.Length; i++)
        {
            double value = i % stride < length ? expected(a[i], b[i], c[i], i % stride) : Untouched;
            Assert.Equal(value, y[i], 1e-6);
        }
    }

    private static VectorKernels Kernels(string path)
    {
        if (!VectorKernels.Available.Contains(path))
        {
            Assert.Skip($"This machine lacks {path}.");
        }

        return VectorKernels.Select(path);
    }

    private static float[] Values(int count, int seed)
    {
        CounterRandom random = new((ulong)seed, 8);
        float[] values = new float[count];
        foreach (ref float value in values.AsSpan())
        {
            value = (float)random.NextUniform(-1, 1);
        }

        return values;
    }
}
