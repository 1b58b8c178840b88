using StepNet.Graph;
using StepNet.Nn;

namespace StepNet.Tests.Graph;

public sealed class GlobalAveragePoolOpTests
{
    [Fact]
    public void Values_TwoItemsTwoChannels_AreMeansOverPixels() => Assert.Equal(
        [1.5, 0, 4.5, 2], Compute.One(t => Ops.GlobalAveragePool(t[0]), 2, (Shape.Batch(2, 1, 2), [1, 2, 0, 0, 3, 6, 4, 0])));

    [Fact]
    public void Gradient_OddSizes_MatchesDifferences() =>
        GradientCheck.Function(t => Ops.GlobalAveragePool(t[0]), [Shape.Batch(2, 3, 5)]);

    [Fact]
    public void Shape_Vector_AsksForImages()
    {
        ShapeMismatchException e = Assert.Throws<ShapeMismatchException>(
            () => Compute.Trace(t => Ops.GlobalAveragePool(t[0]), Shape.Batch(3)));

        Assert.Contains("GlobalAveragePool: got [N, 3], needs images", e.Message, StringComparison.Ordinal);
    }
}
