using StepNet.Graph;
using StepNet.Nn;

namespace StepNet.Tests.Graph;

public sealed class ResidualStepOpTests
{
    [Fact]
    public void Values_SkipAndStep_AreSxPlusHf() => Assert.Equal(
        [7, 14],
        Compute.One(
            t => Ops.ResidualStep(t[0], t[1], t[2], t[3]), 1,
            (Shape.Batch(2), [1, 2]), (Shape.Batch(2), [10, 20]), (Shape.Scalar, [2]), (Shape.Scalar, [0.5])));

    [Fact]
    public void Gradient_OfXFSkipAndStep_MatchesDifferences() => GradientCheck.Function(
        t => Ops.ResidualStep(t[0], t[1], t[2], t[3]), [Shape.Batch(2, 2, 3), Shape.Batch(2, 2, 3), Shape.Scalar, Shape.Scalar]);

    [Fact]
    public void Values_OneCoefficientAChannel_GoByChannels() => Assert.Equal(
        [7, 14, 33, 44],
        Compute.One(
            t => Ops.ResidualStep(t[0], t[1], t[2], t[3]), 1,
            (Shape.Batch(2, 2), [1, 2, 3, 4]), (Shape.Batch(2, 2), [10, 20, 30, 40]), (Shape.Of(2), [2, 1]), (Shape.Of(2), [0.5, 1])));

    [Theory]
    [InlineData(2, 3)]
    [InlineData(2, 3, 2)]
    [InlineData(3)]
    [InlineData(1, 4)]
    public void Gradient_OneCoefficientAChannel_MatchesDifferences(params int[] item)
    {
        Shape x = Shape.Batch(item), c = Shape.Of(item[0]);
        GradientCheck.Function(t => Ops.ResidualStep(t[0], t[1], t[2], t[3]), [x, x, c, c]);
        GradientCheck.Function(t => Ops.ResidualStep(t[0], t[1], t[2], t[3]), [x, x, Shape.Scalar, c]);
    }

    [Fact]
    public void Shape_BranchDiffers_SaysBoth()
    {
        ShapeMismatchException e = Assert.Throws<ShapeMismatchException>(() => Compute.Trace(
            t => Ops.ResidualStep(t[0], t[1], t[2], t[3]), Shape.Batch(2), Shape.Batch(3), Shape.Scalar, Shape.Scalar));

        Assert.Contains("ResidualStep: got [N, 2] and [N, 3]", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Shape_StepOfOtherChannels_AsksForOneNumberOrOneAChannel()
    {
        ShapeMismatchException e = Assert.Throws<ShapeMismatchException>(() => Compute.Trace(
            t => Ops.ResidualStep(t[0], t[1], t[2], t[3]), Shape.Batch(2), Shape.Batch(2), Shape.Scalar, Shape.Of(3)));

        Assert.Contains("ResidualStep: got [3] for [N, 2], needs one number [] or one for each channel: [2]", e.Message, StringComparison.Ordinal);
    }
}
