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
    public void Shape_BranchDiffers_SaysBoth()
    {
        ShapeMismatchException e = Assert.Throws<ShapeMismatchException>(() => Compute.Trace(
            t => Ops.ResidualStep(t[0], t[1], t[2], t[3]), Shape.Batch(2), Shape.Batch(3), Shape.Scalar, Shape.Scalar));

        Assert.Contains("ResidualStep: got [N, 2] and [N, 3]", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Shape_StepIsAVector_AsksForOneNumber()
    {
        ShapeMismatchException e = Assert.Throws<ShapeMismatchException>(() => Compute.Trace(
            t => Ops.ResidualStep(t[0], t[1], t[2], t[3]), Shape.Batch(2), Shape.Batch(2), Shape.Scalar, Shape.Of(2)));

        Assert.Contains("ResidualStep: got [2], needs one number []", e.Message, StringComparison.Ordinal);
    }
}
