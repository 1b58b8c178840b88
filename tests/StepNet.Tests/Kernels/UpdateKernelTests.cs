using StepNet.Kernels;
using StepNet.Tests.Execution;

namespace StepNet.Tests.Kernels;

/// <summary>The optimisers' kernels of every instruction set, by name, against their formulas in double.</summary>
public sealed unsafe class UpdateKernelTests
{
    // Some gradients are scaled, some cut, and all get a penalty; the other does nothing.
    private static readonly GradientTerms s_clipped = new(Scale: 0.6f, Limit: 0.4f, Decay: 0.01f), s_plain = new(1, float.PositiveInfinity, 0);

    public static TheoryData<string, int> PathsAndLengths() => VectorKernelTests.PathsAndLengths();

    [Theory]
    [MemberData(nameof(PathsAndLengths))]
    public void SgdUpdate_AnyLength_MatchesItsFormula(string path, int length)
    {
        foreach (bool nesterov in new[] { false, true })
        {
            Check(
                path,
                length,
                (kernels, x, terms) => kernels.SgdUpdate(x[0], x[1], x[2], length, terms, 0.1f, 0.9f, nesterov),
                (p, g, v, _) =>
                {
                    double velocity = (0.9 * v) + g;
                    return (p - (0.1 * (nesterov ? g + (0.9 * velocity) : velocity)), velocity, null);
                });
        }
    }

    [Theory]
    [MemberData(nameof(PathsAndLengths))]
    public void AdamUpdate_AnyLength_MatchesItsFormula(string path, int length)
    {
        AdamTerms step = new(0.9f, 0.1f, 0.99f, 0.01f, Rate: 0.05f, RootScale: 1.5f, Epsilon: 1e-3f, Shrink: 0.002f);
        Check(
            path,
            length,
            (kernels, x, terms) => kernels.AdamUpdate(x[0], x[1], x[2], x[3], length, terms, step),
            (p, g, m, v) =>
            {
                double mean = (0.9 * m) + (0.1 * g), square = (0.99 * v) + (0.01 * g * g);
                return (p - (0.002 * p) - (0.05 * mean / ((1.5 * Math.Sqrt(square)) + 1e-3)), mean, square);
            });
    }

    [Theory]
    [MemberData(nameof(PathsAndLengths))]
    public void RmsPropUpdate_AnyLength_MatchesItsFormula(string path, int length)
    {
        RmsPropTerms step = new(0.9f, 0.1f, Rate: 0.05f, Epsilon: 1e-3f, Momentum: 0.8f);
        foreach (bool momentum in new[] { false, true })
        {
            // The mean square comes last here, since only that input is never negative.
            Check(
                path,
                length,
                (kernels, x, terms) => kernels.RmsPropUpdate(x[0], x[1], x[3], momentum ? x[2] : null, length, terms, step),
                (p, g, v, s) =>
                {
                    double square = (0.9 * s) + (0.1 * g * g), direction = g / (Math.Sqrt(square) + 1e-3);
                    double velocity = momentum ? (0.8 * v) + direction : v;
                    return (p - (0.05 * (momentum ? velocity : direction)), velocity, square);
                });
        }
    }

    [Theory]
    [InlineData("avx512")]
    [InlineData("avx2")]
    [InlineData("portable")]
    public void SgdUpdate_GradientNaN_StaysNaNThroughTheClip(string path)
    {
        CpuExecutorTests.SkipWhereAbsent(path);
        float[] p = new float[19], g = [.. Enumerable.Repeat(float.NaN, 19)], v = new float[19];
        fixed (float* pp = p, pg = g, pv = v)
        {
            VectorKernels.Select(path).SgdUpdate(pp, pg, pv, 19, s_clipped, 0.1f, 0.9f, false);
        }

        Assert.All(p, value => Assert.True(float.IsNaN(value)));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(8)]
    [InlineData(1003)]
    public void SumOfSquares_HugeValues_AreSummedInDouble(int length)
    {
        // Squares of 1e30 are beyond float32.
        float[] values = [.. Values(length, 1).Select(value => value * 1e30f)];
        fixed (float* v = values)
        {
            double expected = values.Sum(value => (double)value * value);
            Assert.Equal(1, expected == 0 ? 1 : VectorKernels.SumOfSquares(v, length) / expected, 1e-14);
        }
    }

    private delegate void Update(VectorKernels kernels, float*[] x, GradientTerms terms);

    // Four arrays p, g, a, b with b >= 0; the formula gives what p, a and b become, null for what stays.
    private static void Check(
        string path, int length, Update run, Func<double, double, double, double, (double P, double A, double? B)> formula)
    {
        CpuExecutorTests.SkipWhereAbsent(path);
        foreach (GradientTerms terms in new[] { s_plain, s_clipped })
        {
            float[] p = Values(length, 1), g = Values(length, 2), a = Values(length, 3), b = [.. Values(length, 4).Select(Math.Abs)];
            float[] p0 = [.. p], a0 = [.. a], b0 = [.. b];
            fixed (float* pp = p, pg = g, pa = a, pb = b)
            {
                run(VectorKernels.Select(path), new float*[] { pp, pg, pa, pb }, terms);
            }

            for (int i = 0; i < length; i++)
            {
                double gradient = Math.Clamp(terms.Scale * g[i], -terms.Limit, terms.Limit) + (terms.Decay * (double)p0[i]);
                (double nextP, double nextA, double? nextB) = formula(p0[i], gradient, a0[i], b0[i]);
                Assert.Equal(nextP, p[i], 2e-6);
                Assert.Equal(nextA, a[i], 2e-6);
                Assert.Equal(nextB ?? b0[i], b[i], 2e-6);
            }
        }
    }

    private static float[] Values(int count, ulong seed) => [.. Compute.Uniform(count, seed).Select(value => (float)value)];
}
