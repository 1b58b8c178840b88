using StepNet.Graph;
using StepNet.Nn;

namespace StepNet.Tests.Graph;

public sealed class Conv1dTests
{
    [Fact]
    public void Values_PaddedTwoChannels_MatchHandSums()
    {
        // Items of channels (1, 2, 3) and (10, 20, 30); weights (1, 2) and (3, 4); one zero before, so windows start at -1, 0, 1.
        double[] y = Compute.One(
            t => Ops.Conv1d(t[0], t[1], 1, Padding.Along(1, 0)), 1,
            (Shape.Batch(2, 3), [1, 2, 3, 10, 20, 30]), (Shape.Of(1, 2, 2), [1, 2, 3, 4]));

        Assert.Equal([2 + 40, 1 + 4 + 30 + 80, 2 + 6 + 60 + 120], y);
    }

    [Fact]
    public void Values_Stride2_AreEverySecond() => Assert.Equal([3, 7], Compute.One(
        t => Ops.Conv1d(t[0], t[1], 2, default), 1, (Shape.Batch(1, 5), [1, 2, 3, 4, 5]), (Shape.Of(1, 1, 2), [1, 1])));

    [Theory]
    [InlineData(1, 1, 0, 0, 4)]
    [InlineData(3, 1, 1, 1, 5)]
    [InlineData(3, 2, 1, 1, 6)]
    [InlineData(4, 3, 0, 2, 9)]
    [InlineData(3, 2, 2, 2, 1)]
    public void Gradient_Geometry_MatchesDifferences(int kernel, int stride, int left, int right, int length) => GradientCheck.Function(
        t => Ops.Conv1d(t[0], t[1], stride, Padding.Along(left, right)), [Shape.Batch(2, length), Shape.Of(3, 2, kernel)], n: 2);

    [Fact]
    public void Module_HalfPaddingByDefault_KeepsTheLength()
    {
        Tensor y = Tracer.Trace(new Conv1d(4, 6, 3), Shape.Of(4, 9), training: false);

        Assert.Equal(Shape.Batch(6, 9), y.Shape);
        GradientCheck.Module(new Conv1d(2, 3, 3, stride: 2), Shape.Of(2, 7));
    }

    [Fact]
    public void Shape_Images_AsksForSequences()
    {
        ShapeMismatchException e = Assert.Throws<ShapeMismatchException>(() => Compute.Trace(
            t => Ops.Conv1d(t[0], t[1], 1, default), Shape.Batch(3, 4, 4), Shape.Of(16, 3, 3)));

        Assert.Contains("Conv1d: got [N, 3, 4, 4], needs sequences [N, C, L]", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Shape_WeightOf2d_SaysWhatTheWeightIs()
    {
        ShapeMismatchException e = Assert.Throws<ShapeMismatchException>(() => Compute.Trace(
            t => Ops.Conv1d(t[0], t[1], 1, default), Shape.Batch(3, 4), Shape.Of(16, 3, 1, 3)));

        Assert.Contains("Conv1d: weight [16, 3, 1, 3] for input [N, 3, 4]. The weight is [out, in, k]", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Shape_WindowLongerThanSequence_AsksForMore()
    {
        ShapeMismatchException e = Assert.Throws<ShapeMismatchException>(() => Compute.Trace(
            t => Ops.Conv1d(t[0], t[1], 1, default), Shape.Batch(1, 2), Shape.Of(1, 1, 3)));

        Assert.Contains("[N, 1, 2] with padding 0 is smaller than the 1x3 window. Use a longer sequence", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Call_PaddingAbove_SaysHowToPadASequence()
    {
        ArgumentException e = Assert.Throws<ArgumentException>(() => Compute.Trace(
            t => Ops.Conv1d(t[0], t[1], 1, Padding.All(1)), Shape.Batch(1, 4), Shape.Of(1, 1, 3)));

        Assert.Contains("use Padding.Along(left, right)", e.Message, StringComparison.Ordinal);
    }
}
