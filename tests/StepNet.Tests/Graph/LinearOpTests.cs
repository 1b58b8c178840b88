using StepNet.Graph;
using StepNet.Nn;

namespace StepNet.Tests.Graph;

public sealed class LinearOpTests
{
    [Fact]
    public void Values_TwoItems_AreRowsTimesWeightTransposed() => Assert.Equal(
        [-2, 12, 1, 2],
        Compute.One(
            t => Ops.Linear(t[0], t[1]), 2, (Shape.Batch(3), [1, 2, 3, 1, 0, 0]), (Shape.Of(2, 3), [1, 0, -1, 2, 2, 2])));

    [Fact]
    public void Gradient_InputAndWeight_MatchesDifferences() =>
        GradientCheck.Function(t => Ops.Linear(t[0], t[1]), [Shape.Batch(4), Shape.Of(3, 4)]);

    [Fact]
    public void Shape_Images_SaysToPoolFirst()
    {
        ShapeMismatchException e = Assert.Throws<ShapeMismatchException>(
            () => Compute.Trace(t => Ops.Linear(t[0], t[1]), Shape.Batch(3, 4, 4), Shape.Of(10, 3)));

        Assert.Contains("Linear: weight [10, 3] for input [N, 3, 4, 4]", e.Message, StringComparison.Ordinal);
        Assert.Contains("pool or flatten images first", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Shape_BatchedWeight_IsRefused() => Assert.Throws<ShapeMismatchException>(
        () => Compute.Trace(t => Ops.Linear(t[0], t[1]), Shape.Batch(3), Shape.Batch(10, 3)));
}
