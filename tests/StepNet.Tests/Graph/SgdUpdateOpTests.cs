using StepNet.Graph;

namespace StepNet.Tests.Graph;

public sealed class SgdUpdateOpTests
{
    [Fact]
    public void Values_TwoStepsWithMomentumAndDecay_AreThoseOfPyTorch()
    {
        // g + 0.1 p = 0.6, v = 0.6, p = 1 - 0.1 * 0.6; then 0.594, v = 0.9 * 0.6 + 0.594, p = 0.94 - 0.1134.
        double[][] first = Step(p: 1, v: 0);
        double[][] second = Step(first[0][0], first[1][0]);

        Compute.AssertClose([0.94], first[0]);
        Compute.AssertClose([0.6], first[1]);
        Compute.AssertClose([0.8266], second[0]);
        Compute.AssertClose([1.134], second[1]);

        static double[][] Step(double p, double v) => Compute.Many(
            t => [.. t[0].Graph.AddNode(new SgdUpdateOp(0.9, 0.1), t).Outputs], 1,
            (Shape.Of(1), [p]), (Shape.Of(1), [0.5]), (Shape.Of(1), [v]), (Shape.Scalar, [0.1]));
    }

    [Fact]
    public void Shape_RateIsAVector_AsksForOneNumber()
    {
        ShapeMismatchException e = Assert.Throws<ShapeMismatchException>(() => Compute.Trace(
            t => t[0].Graph.AddNode(new SgdUpdateOp(0.9, 0), t), Shape.Of(2), Shape.Of(2), Shape.Of(2), Shape.Of(2)));

        Assert.Contains("SgdUpdate: got [2], needs one number []", e.Message, StringComparison.Ordinal);
    }
}
