using StepNet.Graph;
using StepNet.Nn;

namespace StepNet.Tests.Graph;

public sealed class PadShortcutOpTests
{
    [Fact]
    public void Values_Stride2ToThreeChannels_KeepsEverySecondPixelInTheMiddle()
    {
        double[] y = Compute.One(
            t => Ops.PadShortcut(t[0], 2, 3), 1, (Shape.Batch(1, 3, 3), [1, 2, 3, 4, 5, 6, 7, 8, 9]));

        Assert.Equal([0, 0, 0, 0, 1, 3, 7, 9, 0, 0, 0, 0], y);
    }

    [Theory]
    [InlineData(1, 2, 4, 4)]
    [InlineData(2, 4, 4, 4)]
    [InlineData(2, 5, 5, 3)]
    [InlineData(3, 3, 4, 7)]
    public void Gradient_Geometry_MatchesDifferences(int stride, int outChannels, int height, int width) =>
        GradientCheck.Function(t => Ops.PadShortcut(t[0], stride, outChannels), [Shape.Batch(2, height, width)], n: 2);

    [Fact]
    public void Shape_FewerChannels_SaysToProject()
    {
        ShapeMismatchException e = Assert.Throws<ShapeMismatchException>(
            () => Compute.Trace(t => Ops.PadShortcut(t[0], 1, 2), Shape.Batch(3, 4, 4)));

        Assert.Contains("PadShortcut: [N, 3, 4, 4] to 2 channels. It can only add channels", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Call_StrideZero_IsRefused() => Assert.Throws<ArgumentOutOfRangeException>(
        () => Compute.Trace(t => Ops.PadShortcut(t[0], 0, 4), Shape.Batch(3, 4, 4)));
}
