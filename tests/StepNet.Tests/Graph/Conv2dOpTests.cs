using StepNet.Graph;
using StepNet.Nn;

namespace StepNet.Tests.Graph;

public sealed class Conv2dOpTests
{
    private static readonly double[] OneToNine = [1, 2, 3, 4, 5, 6, 7, 8, 9];

    [Fact]
    public void Values_3x3Stride1Padding1_MatchHandSums()
    {
        // Cross-correlation: the corner is 1*5 + 2*6 + 4*8 + 5*9 = 94, the middle 1 + 4 + ... + 81 = 285.
        double[] y = Compute.One(
            t => Ops.Conv2d(t[0], t[1], 1, Padding.All(1)), 1,
            (Shape.Batch(1, 3, 3), OneToNine), (Shape.Of(1, 1, 3, 3), OneToNine));

        Assert.Equal([94, 154, 106, 186, 285, 186, 106, 154, 94], y);
    }

    [Fact]
    public void Values_3x3Stride2Padding1_AreEverySecondOfStride1()
    {
        double[] y = Compute.One(
            t => Ops.Conv2d(t[0], t[1], 2, Padding.All(1)), 1,
            (Shape.Batch(1, 3, 3), OneToNine), (Shape.Of(1, 1, 3, 3), OneToNine));

        Assert.Equal([94, 106, 106, 94], y);
    }

    [Fact]
    public void Values_KerasSameAtStride2_PadsBelowAndRightOnly()
    {
        // 4x4 to 2x2 needs one zero a direction, and Keras puts it behind: windows start at rows and columns 0 and 2.
        double[] x = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16];

        double[] y = Compute.One(
            t => Ops.Conv2d(t[0], t[1], 2, new Padding(0, 1, 0, 1)), 1,
            (Shape.Batch(1, 4, 4), x), (Shape.Of(1, 1, 3, 3), [1, 1, 1, 1, 1, 1, 1, 1, 1]));

        Assert.Equal([54, 45, 72, 54], y);
    }

    [Fact]
    public void Values_1x1TwoChannels_MixChannelsPixelByPixel()
    {
        // Two items of two channels and two pixels; weights (2, 3) and (-1, 0).
        double[] y = Compute.One(
            t => Ops.Conv2d(t[0], t[1], 1, default), 2,
            (Shape.Batch(2, 1, 2), [1, 2, 10, 20, 3, 4, 30, 40]), (Shape.Of(2, 2, 1, 1), [2, 3, -1, 0]));

        Assert.Equal([32, 64, -1, -2, 96, 128, -3, -4], y);
    }

    [Fact]
    public void Values_WindowLargerThanImage_MeetOnlyTheImage()
    {
        // A 3x3 window around a single pixel: only its middle weight counts.
        double[] y = Compute.One(
            t => Ops.Conv2d(t[0], t[1], 1, Padding.All(1)), 1, (Shape.Batch(1, 1, 1), [2]), (Shape.Of(1, 1, 3, 3), OneToNine));

        Assert.Equal([10], y);
    }

    [Theory]
    [InlineData(1, 1, 0, 0, 0, 0, 4, 4)]
    [InlineData(1, 2, 0, 0, 0, 0, 5, 4)]
    [InlineData(1, 3, 0, 0, 0, 0, 5, 7)]
    [InlineData(2, 1, 0, 0, 0, 0, 3, 4)]
    [InlineData(2, 2, 0, 1, 1, 0, 5, 5)]
    [InlineData(2, 3, 1, 0, 0, 1, 4, 6)]
    [InlineData(3, 1, 1, 1, 1, 1, 5, 3)]
    [InlineData(3, 2, 1, 1, 1, 1, 6, 5)]
    [InlineData(3, 2, 0, 1, 0, 1, 4, 4)]
    [InlineData(3, 3, 2, 0, 1, 3, 5, 4)]
    [InlineData(3, 1, 1, 1, 1, 1, 1, 1)]
    [InlineData(3, 2, 2, 2, 2, 2, 2, 1)]
    [InlineData(3, 4, 1, 1, 1, 1, 2, 1)]
    [InlineData(5, 1, 2, 2, 2, 2, 1, 1)]
    [InlineData(7, 2, 3, 3, 3, 3, 2, 1)]
    public void Gradient_Geometry_MatchesDifferences(
        int kernel, int stride, int top, int bottom, int left, int right, int height, int width) =>
        GradientCheck.Function(
            t => Ops.Conv2d(t[0], t[1], stride, new Padding(top, bottom, left, right)),
            [Shape.Batch(2, height, width), Shape.Of(3, 2, kernel, kernel)],
            n: 2);

    [Fact]
    public void Gradient_LopsidedWindow_MatchesDifferences() => GradientCheck.Function(
        t => Ops.Conv2d(t[0], t[1], 2, new Padding(0, 1, 1, 0)), [Shape.Batch(1, 4, 5), Shape.Of(2, 1, 2, 3)], n: 2);

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Shape_WindowLargerThanPaddedImage_IsRefusedAtEveryStride(int stride)
    {
        ShapeMismatchException e = Assert.Throws<ShapeMismatchException>(() => Compute.Trace(
            t => Ops.Conv2d(t[0], t[1], stride, default), Shape.Batch(1, 2, 5), Shape.Of(1, 1, 3, 3)));

        Assert.Contains("[N, 1, 2, 5] with padding 0 is smaller than the 3x3 window", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Shape_WrongInputChannels_SaysWhatTheWeightIs()
    {
        ShapeMismatchException e = Assert.Throws<ShapeMismatchException>(() => Compute.Trace(
            t => Ops.Conv2d(t[0], t[1], 1, default), Shape.Batch(3, 8, 8), Shape.Of(16, 4, 3, 3)));

        Assert.Contains("Conv2d: weight [16, 4, 3, 3] for input [N, 3, 8, 8]", e.Message, StringComparison.Ordinal);
        Assert.Contains("'in' equals the input's channels", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Shape_BatchedWeight_IsRefused() => Assert.Throws<ShapeMismatchException>(() => Compute.Trace(
        t => Ops.Conv2d(t[0], t[1], 1, default), Shape.Batch(3, 8, 8), Shape.Batch(16, 3, 3, 3)));

    [Fact]
    public void Shape_Vector_AsksForImages()
    {
        ShapeMismatchException e = Assert.Throws<ShapeMismatchException>(() => Compute.Trace(
            t => Ops.Conv2d(t[0], t[1], 1, default), Shape.Batch(3), Shape.Of(16, 3, 3, 3)));

        Assert.Contains("Conv2d: got [N, 3], needs images [N, C, H, W]", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Call_StrideZeroOrNegativePadding_IsRefused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => Compute.Trace(
            t => Ops.Conv2d(t[0], t[1], 0, default), Shape.Batch(1, 4, 4), Shape.Of(1, 1, 3, 3)));
        Assert.Throws<ArgumentOutOfRangeException>(() => Compute.Trace(
            t => Ops.Conv2d(t[0], t[1], 1, new Padding(0, 0, -1, 0)), Shape.Batch(1, 4, 4), Shape.Of(1, 1, 3, 3)));
    }
}
