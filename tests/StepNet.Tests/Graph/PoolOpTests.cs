using StepNet.Graph;
using StepNet.Nn;
using StepNet.Passes;

namespace StepNet.Tests.Graph;

public sealed class PoolOpTests
{
    private static readonly double[] OneToNine = [1, 2, 3, 4, 5, 6, 7, 8, 9];
    private static readonly Shape Image = Shape.Batch(1, 3, 3);

    [Fact]
    public void MaxValues_Window2Stride1_AreTheLowerRightCorners() =>
        Assert.Equal([5, 6, 8, 9], Compute.One(t => Ops.MaxPool(t[0], 2, 1), 1, (Image, OneToNine)));

    [Fact]
    public void MaxValues_NegativePixelsWithPadding_AreNotTheZerosAround() => Assert.Equal(
        [-1, -2, -4, -5],
        Compute.One(t => Ops.MaxPool(t[0], 2, 2, Padding.All(1)), 1, (Image, [.. OneToNine.Select(value => -value)])));

    [Fact]
    public void MaxValues_NaN_PassesThrough()
    {
        double[] y = Compute.One(t => Ops.MaxPool(t[0], 2, 1), 1, (Shape.Batch(1, 4), [double.NaN, 1, 2, 3]));

        Assert.Equal([double.NaN, 2, 3], y);
    }

    [Fact]
    public void MaxGradient_Ties_GoesToTheFirst()
    {
        // Windows (2, 2) and (2, 2) share the middle: the first window takes place 0, the second place 1.
        double[] dx = Gradient(t => Ops.MaxPool(t, 2, 1), Shape.Batch(1, 3), [2, 2, 2], Shape.Batch(1, 2), [10, 1]);

        Assert.Equal([10, 1, 0], dx);
    }

    [Fact]
    public void MaxGradient_NaN_GoesToTheNaN() =>
        Assert.Equal([0, 4, 0], Gradient(t => Ops.GlobalMaxPool(t), Shape.Batch(1, 3), [1, double.NaN, 3], Shape.Batch(1), [4]));

    [Fact]
    public void AverageValues_Padded_CountTheZeros() => Assert.Equal(
        [1.0 / 4, (2 + 3) / 4.0, (4 + 7) / 4.0, (5 + 6 + 8 + 9) / 4.0],
        Compute.One(t => Ops.AveragePool(t[0], 2, 2, Padding.All(1)), 1, (Image, OneToNine)));

    [Fact]
    public void AverageValues_Sequence_AreMeansAlongIt() => Assert.Equal(
        [1.5, 3.5, 15, 35], Compute.One(t => Ops.AveragePool(t[0], 2, 2), 1, (Shape.Batch(2, 5), [1, 2, 3, 4, 5, 10, 20, 30, 40, 50])));

    [Fact]
    public void GlobalMax_ImagesAndSequences_AreOneNumberAChannel()
    {
        Assert.Equal([9], Compute.One(t => Ops.GlobalMaxPool(t[0]), 1, (Image, OneToNine)));
        Assert.Equal([-1, 7], Compute.One(t => Ops.GlobalMaxPool(t[0]), 1, (Shape.Batch(2, 3), [-3, -1, -2, 7, 5, 6])));
    }

    [Fact]
    public void KMaxValues_KeepTheOrderOfTheSequence() => Assert.Equal(
        [5, 9, 7, -1, -2, -1],
        Compute.One(t => Ops.KMaxPool(t[0], 3), 1, (Shape.Batch(2, 5), [5, 1, 9, 2, 7, -1, -5, -2, -1, -3])));

    [Fact]
    public void KMaxGradient_Ties_GoesToTheFirst() => Assert.Equal(
        [3, 0, 4, 0], Gradient(t => Ops.KMaxPool(t, 2), Shape.Batch(1, 4), [1, 0, 1, 1], Shape.Batch(1, 2), [3, 4]));

    [Theory]
    [InlineData(2, 2, 0, 0, 0, 0, 4, 4)]
    [InlineData(2, 2, 0, 0, 0, 0, 5, 3)]
    [InlineData(3, 2, 1, 1, 1, 1, 5, 6)]
    [InlineData(3, 1, 0, 1, 2, 0, 4, 5)]
    [InlineData(1, 2, 0, 0, 0, 0, 3, 3)]
    [InlineData(3, 3, 1, 1, 1, 1, 1, 1)]
    public void Gradient_Images_MatchesDifferences(
        int kernel, int stride, int top, int bottom, int left, int right, int height, int width)
    {
        Padding padding = new(top, bottom, left, right);
        GradientCheck.Function(t => Ops.MaxPool(t[0], kernel, stride, padding), [Shape.Batch(2, height, width)], n: 2);
        GradientCheck.Function(t => Ops.AveragePool(t[0], kernel, stride, padding), [Shape.Batch(2, height, width)], n: 2);
        GradientCheck.Function(t => Ops.GlobalMaxPool(t[0]), [Shape.Batch(2, height, width)], n: 2);
    }

    [Theory]
    [InlineData(3, 2, 1, 1, 7)]
    [InlineData(2, 3, 1, 0, 8)]
    [InlineData(3, 1, 0, 0, 3)]
    public void Gradient_Sequences_MatchesDifferences(int kernel, int stride, int left, int right, int length)
    {
        Padding padding = Padding.Along(left, right);
        GradientCheck.Function(t => Ops.MaxPool(t[0], kernel, stride, padding), [Shape.Batch(2, length)], n: 2);
        GradientCheck.Function(t => Ops.AveragePool(t[0], kernel, stride, padding), [Shape.Batch(2, length)], n: 2);
        GradientCheck.Function(t => Ops.GlobalMaxPool(t[0]), [Shape.Batch(2, length)], n: 2);
        GradientCheck.Function(t => Ops.GlobalAveragePool(t[0]), [Shape.Batch(2, length)], n: 2);
        GradientCheck.Function(t => Ops.KMaxPool(t[0], kernel), [Shape.Batch(2, length)], n: 2);
    }

    [Fact]
    public void Modules_StrideLeftOut_LayWindowsSideBySide()
    {
        Assert.Equal(Shape.Batch(2, 3, 2), Tracer.Trace(new MaxPool(2), Shape.Of(2, 6, 5), training: false).Shape);
        Assert.Equal(Shape.Batch(2, 3), Tracer.Trace(new AveragePool(2), Shape.Of(2, 6), training: false).Shape);
        Assert.Equal(Shape.Batch(2), Tracer.Trace(new GlobalMaxPool(), Shape.Of(2, 6), training: false).Shape);
        Assert.Equal(Shape.Batch(2, 4), Tracer.Trace(new KMaxPool(4), Shape.Of(2, 6), training: false).Shape);
    }

    [Fact]
    public void Call_PaddingOfAWholeWindow_SaysTheRange()
    {
        ArgumentException e = Assert.Throws<ArgumentException>(
            () => Compute.Trace(t => Ops.MaxPool(t[0], 2, 2, Padding.All(2)), Shape.Batch(3, 8, 8)));

        Assert.Contains("MaxPool: padding 2 for a window of 2 over [N, 3, 8, 8]. Padding is at least 0 and smaller", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Shape_WindowLargerThanImage_SaysBoth()
    {
        ShapeMismatchException e = Assert.Throws<ShapeMismatchException>(
            () => Compute.Trace(t => Ops.AveragePool(t[0], 4, 1), Shape.Batch(3, 8, 3)));

        Assert.Contains("AveragePool: input [N, 3, 8, 3] with padding 0 is smaller than the 4x4 window", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Shape_Vectors_AreRefusedByName()
    {
        ShapeMismatchException e = Assert.Throws<ShapeMismatchException>(
            () => Compute.Trace(t => Ops.GlobalMaxPool(t[0]), Shape.Batch(3)));

        Assert.Contains("GlobalMaxPool: got [N, 3], needs images [N, C, H, W] or sequences [N, C, L]", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Shape_KAboveTheLength_SaysTheLength()
    {
        ShapeMismatchException e = Assert.Throws<ShapeMismatchException>(
            () => Compute.Trace(t => Ops.KMaxPool(t[0], 8), Shape.Batch(3, 5)));

        Assert.Contains("KMaxPool: the 8 largest of [N, 3, 5], which has 5 places", e.Message, StringComparison.Ordinal);
    }

    /// <summary>dx where the loss is &lt;y, dy&gt;.</summary>
    private static double[] Gradient(Func<Tensor, Tensor> function, Shape shape, double[] x, Shape yShape, double[] dy) => Compute.One(
        t => Differentiate.Loss(t[0].Graph.Add(new WeightedSum(), [function(t[0]), t[1]]), t[0])[0]!, 1, (shape, x), (yShape, dy));

    private sealed class WeightedSum : Operation
    {
        public override Shape[] InferShapes(ReadOnlySpan<Shape> inputs) => [Shape.Scalar];

        public override Tensor?[] Gradient(Node node, Tensor?[] outputGradients) => [node.Inputs[1], null];

        public override void Evaluate<T>(Operands<T> v) => v.Out(0).Clear();
    }
}
