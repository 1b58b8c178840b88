using StepNet.Graph;
using StepNet.Nn;

namespace StepNet.Tests.Graph;

public sealed class ArithmeticOpsTests
{
    private static readonly Shape Pair = Shape.Batch(2);

    [Fact]
    public void Add_TwoItems_AddsElementByElement() =>
        Assert.Equal([11, 22, 33, 44], Compute.One(t => Ops.Add(t[0], t[1]), 2, (Pair, [1, 2, 3, 4]), (Pair, [10, 20, 30, 40])));

    [Fact]
    public void Multiply_TwoItems_MultipliesElementByElement() =>
        Assert.Equal([10, 40, 90, -4], Compute.One(t => Ops.Multiply(t[0], t[1]), 2, (Pair, [1, 2, 3, 4]), (Pair, [10, 20, 30, -1])));

    [Fact]
    public void Scale_TwoItems_MultipliesByOneNumber() =>
        Assert.Equal([-3, -6, -9, -12], Compute.One(t => Ops.Scale(t[0], t[1]), 2, (Pair, [1, 2, 3, 4]), (Shape.Scalar, [-3])));

    [Fact]
    public void Dot_TwoItems_SumsAllProducts() =>
        Assert.Equal([1 + 4 + 9 + 16], Compute.One(
            t => t[0].Graph.Add(new DotOp(), [t[0], t[1]]), 2, (Pair, [1, 2, 3, 4]), (Pair, [1, 2, 3, 4])));

    [Fact]
    public void Add_Gradient_MatchesDifferences() => GradientCheck.Function(t => Ops.Add(t[0], t[1]), [Pair, Pair]);

    [Fact]
    public void Add_OneTensorTwice_GradientsAddUp() => GradientCheck.Function(t => Ops.Add(t[0], t[0]), [Pair]);

    [Fact]
    public void Multiply_Gradient_MatchesDifferences() => GradientCheck.Function(t => Ops.Multiply(t[0], t[1]), [Pair, Pair]);

    [Fact]
    public void Multiply_Square_MatchesDifferences() => GradientCheck.Function(t => Ops.Multiply(t[0], t[0]), [Shape.Of(2, 3)]);

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Scale_Gradient_MatchesDifferences(bool batched) =>
        GradientCheck.Function(t => Ops.Scale(t[0], t[1]), [batched ? Pair : Shape.Of(2), Shape.Scalar]);

    [Fact]
    public void Add_DifferentShapes_SaysBoth()
    {
        ShapeMismatchException e = Assert.Throws<ShapeMismatchException>(
            () => Compute.Trace(t => Ops.Add(t[0], t[1]), Shape.Batch(2), Shape.Batch(3)));

        Assert.Contains("Add: got [N, 2] and [N, 3], needs two equal shapes", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Multiply_BatchedAndUnbatched_SaysBoth()
    {
        ShapeMismatchException e = Assert.Throws<ShapeMismatchException>(
            () => Compute.Trace(t => Ops.Multiply(t[0], t[1]), Shape.Batch(2), Shape.Of(2)));

        Assert.Contains("Multiply: got [N, 2] and [2]", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Scale_ByVector_AsksForOneNumber()
    {
        ShapeMismatchException e = Assert.Throws<ShapeMismatchException>(
            () => Compute.Trace(t => Ops.Scale(t[0], t[1]), Shape.Batch(2), Shape.Of(2)));

        Assert.Contains("Scale: got [2], needs one number []", e.Message, StringComparison.Ordinal);
    }
}
