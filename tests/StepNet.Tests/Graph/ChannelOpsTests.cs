using StepNet.Graph;
using StepNet.Nn;

namespace StepNet.Tests.Graph;

/// <summary>What batch norm is made of: affine map, bias and statistics of channels, coefficients, running averages.</summary>
public sealed class ChannelOpsTests
{
    private static readonly Shape Images = Shape.Batch(2, 1, 2);

    // Two items, two channels, two pixels: channel 0 holds 1 2 3 6, channel 1 holds 0 0 4 0.
    private static readonly double[] Pixels = [1, 2, 0, 0, 3, 6, 4, 0];

    [Fact]
    public void ChannelAffine_TwoChannels_ScalesAndShiftsEach() => Assert.Equal(
        [11, 12, -1, -1, 13, 16, 7, -1],
        Compute.One(t => Ops.ChannelAffine(t[0], t[1], t[2]), 2, (Images, Pixels), (Shape.Of(2), [1, 2]), (Shape.Of(2), [10, -1])));

    [Fact]
    public void ChannelBias_TwoChannels_ShiftsEach() => Assert.Equal(
        [11, 12, -1, -1, 13, 16, 3, -1],
        Compute.One(t => Ops.ChannelBias(t[0], t[1]), 2, (Images, Pixels), (Shape.Of(2), [10, -1])));

    [Fact]
    public void ChannelStatistics_TwoChannels_GivesMeanAndBiasedVariance()
    {
        // (4 + 1 + 0 + 9) / 4 and (1 + 1 + 9 + 1) / 4.
        double[][] y = Compute.Many(
            t => Ops.ChannelStatistics(t[0]) is var (mean, variance) ? [mean, variance] : [], 2, (Images, Pixels));

        Assert.Equal([3, 1], y[0]);
        Assert.Equal([3.5, 3], y[1]);
    }

    [Fact]
    public void NormCoefficients_TwoChannels_GiveScaleAndShift()
    {
        // 6 / sqrt(3 + 1) = 3 and 1 - 3 * 3 = -8; 1.5 / sqrt(8 + 1) = 0.5 and 0 + 1 * 0.5.
        double[][] y = Compute.Many(
            t => Ops.NormCoefficients(t[0], t[1], t[2], t[3], 1) is var (a, b) ? [a, b] : [],
            1,
            (Shape.Of(2), [3, -1]), (Shape.Of(2), [3, 8]), (Shape.Of(2), [6, 1.5]), (Shape.Of(2), [1, 0]));

        Assert.Equal([3, 0.5], y[0]);
        Assert.Equal([-8, 0.5], y[1]);
    }

    [Theory]
    [InlineData(false, 1.2)]
    [InlineData(true, 1.3)]
    public void RunningAverage_FourValues_UnbiasedFactorIsFourThirds(bool unbiased, double expected)
    {
        // 1 + 0.1 (3 - 1), or 1 + 0.1 (3 * 4 / 3 - 1): two items of two pixels.
        double[] y = Compute.One(
            t => t[0].Graph.Add(new RunningAverageOp(0.1, 2, unbiased), [t[0], t[1]]), 2, (Shape.Of(1), [1]), (Shape.Of(1), [3]));

        Compute.AssertClose([expected], y);
    }

    [Fact]
    public void RunningAverage_OneValue_DoesNotDivideByZero() => Assert.Equal(
        [0.5],
        Compute.One(
            t => t[0].Graph.Add(new RunningAverageOp(0.5, 1, unbiased: true), [t[0], t[1]]), 1, (Shape.Of(1), [1]), (Shape.Of(1), [0])));

    [Fact]
    public void ChannelAffine_Gradient_MatchesDifferences()
    {
        GradientCheck.Function(
            t => Ops.ChannelAffine(t[0], t[1], t[2]), [Shape.Batch(3, 2, 3), Shape.Of(3), Shape.Of(3)]);
        GradientCheck.Function(t => Ops.ChannelAffine(t[0], t[1], t[2]), [Shape.Batch(3), Shape.Of(3), Shape.Of(3)]);
    }

    [Fact]
    public void ChannelBias_Gradient_MatchesDifferences() =>
        GradientCheck.Function(t => Ops.ChannelBias(t[0], t[1]), [Shape.Batch(3, 2, 3), Shape.Of(3)]);

    [Fact]
    public void ChannelStatistics_Gradient_MatchesDifferences() => GradientCheck.Function(
        t => Ops.ChannelStatistics(t[0]) is var (mean, variance) ? Ops.Multiply(mean, variance) : null!, [Shape.Batch(3, 2, 3)]);

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void ChannelStatistics_OneOutputUnused_GradientMatchesDifferences(int used) => GradientCheck.Function(
        t => Ops.ChannelStatistics(t[0]) is var (mean, variance) ? used == 0 ? mean : variance : null!, [Shape.Batch(3, 2, 3)]);

    [Fact]
    public void NormCoefficients_Gradient_MatchesDifferences() => GradientCheck.Function(
        t => Ops.NormCoefficients(t[0], t[1], t[2], t[3], 1e-3) is var (a, b) ? Ops.Multiply(a, b) : null!,
        [Shape.Of(3), Shape.Of(3), Shape.Of(3), Shape.Of(3)],
        prepare: MakeVariancePositive);

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void NormCoefficients_OneOutputUnused_GradientMatchesDifferences(int used) => GradientCheck.Function(
        t => Ops.NormCoefficients(t[0], t[1], t[2], t[3], 1e-3) is var (a, b) ? used == 0 ? a : b : null!,
        [Shape.Of(3), Shape.Of(3), Shape.Of(3), Shape.Of(3)],
        prepare: MakeVariancePositive);

    [Fact]
    public void ChannelAffine_WrongChannels_SaysHowMany()
    {
        ShapeMismatchException e = Assert.Throws<ShapeMismatchException>(
            () => Compute.Trace(t => Ops.ChannelAffine(t[0], t[1], t[2]), Shape.Batch(3, 2, 2), Shape.Of(3), Shape.Of(4)));

        Assert.Contains("ChannelAffine: got [4] for [N, 3, 2, 2]", e.Message, StringComparison.Ordinal);
        Assert.Contains("one number for each: [3]", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void ChannelBias_WrongChannels_SaysHowMany()
    {
        ShapeMismatchException e = Assert.Throws<ShapeMismatchException>(
            () => Compute.Trace(t => Ops.ChannelBias(t[0], t[1]), Shape.Batch(3), Shape.Of(4)));

        Assert.Contains("ChannelBias: got [4] for [N, 3]", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void ChannelStatistics_NoBatch_AsksForOne()
    {
        ShapeMismatchException e = Assert.Throws<ShapeMismatchException>(
            () => Compute.Trace(t => Ops.ChannelStatistics(t[0]), Shape.Of(3, 4)));

        Assert.Contains("ChannelStatistics: got [3, 4], needs a batch with channels", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void NormCoefficients_DifferentLengths_SaysBoth()
    {
        ShapeMismatchException e = Assert.Throws<ShapeMismatchException>(() => Compute.Trace(
            t => Ops.NormCoefficients(t[0], t[1], t[2], t[3], 1e-5), Shape.Of(3), Shape.Of(3), Shape.Of(2), Shape.Of(3)));

        Assert.Contains("NormCoefficients: got [3] and [2]", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void RunningAverage_DifferentLengths_SaysBoth()
    {
        ShapeMismatchException e = Assert.Throws<ShapeMismatchException>(() => Compute.Trace(
            t => t[0].Graph.Add(new RunningAverageOp(0.1, 1, false), [t[0], t[1]]), Shape.Of(3), Shape.Of(2)));

        Assert.Contains("RunningAverage: got [3] and [2]", e.Message, StringComparison.Ordinal);
    }

    private static void MakeVariancePositive(int input, double[] values)
    {
        foreach (ref double value in values.AsSpan())
        {
            value = input == 1 ? 1.5 + value : value;
        }
    }
}
