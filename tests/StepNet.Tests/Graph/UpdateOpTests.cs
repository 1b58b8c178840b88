using StepNet.Graph;

namespace StepNet.Tests.Graph;

/// <summary>Optimisers' steps and clipping by their definitions, against values worked out by hand.</summary>
public sealed class UpdateOpTests
{
    [Fact]
    public void Sgd_Nesterov_LooksAhead()
    {
        // v = 0.9 * 2 + 0.5 = 2.3; p = 1 - 0.1 (0.5 + 0.9 * 2.3).
        double[][] result = Step(new SgdUpdateOp(0.9, 0, nesterov: true), p: 1, states: [2], numbers: [0.1]);

        Compute.AssertClose([0.743], result[0]);
        Compute.AssertClose([2.3], result[1]);
    }

    [Theory]
    [InlineData(0.5, 1)]
    [InlineData(-1e-3, -1)]
    public void Adam_FirstStep_MovesByTheRateWhateverTheGradient(double gradient, int sign)
    {
        // Corrected moments are g and g², so the step is lr g / (|g| + epsilon).
        double[][] result = Step(new AdamUpdateOp(0.9, 0.999, 1e-8, 0, 0), p: 1, states: [0, 0], numbers: [0.1, 0], gradient);

        Compute.AssertClose([1 - (0.1 * sign * Math.Abs(gradient) / (Math.Abs(gradient) + 1e-8))], result[0]);
        Compute.AssertClose([0.1 * gradient], result[1]);
        Compute.AssertClose([0.001 * gradient * gradient], result[2]);
    }

    [Fact]
    public void Adam_SecondStepWithBothDecays_HasTheHandValues()
    {
        // g = 0.5 + 0.2 * 2 = 0.9; m = 0.5 * 0.4 + 0.5 * 0.9 = 0.65, corrected by 1 - 0.25; v = 0.75 * 0.16 + 0.25 * 0.81 = 0.3225,
        // corrected by 1 - 0.5625. p = 2 - 0.1 * 0.3 * 2 - 0.1 (0.65 / 0.75) / (sqrt(0.3225 / 0.4375) + 0.01).
        double[][] result = Step(new AdamUpdateOp(0.5, 0.75, 0.01, weightDecay: 0.2, shrink: 0.3), p: 2, states: [0.4, 0.16], numbers: [0.1, 1]);

        Compute.AssertClose([1.94 - (0.065 / 0.75 / (Math.Sqrt(0.3225 / 0.4375) + 0.01))], result[0]);
        Compute.AssertClose([0.65], result[1]);
        Compute.AssertClose([0.3225], result[2]);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(0.5)]
    public void RmsProp_OneStep_HasTheHandValues(double momentum)
    {
        // s = 0.75 * 0.04 + 0.25 * 0.25 = 0.0925; d = 0.5 / (sqrt(s) + 0.1); with momentum v = 0.5 * 3 + d.
        double direction = 0.5 / (Math.Sqrt(0.0925) + 0.1), velocity = momentum > 0 ? 1.5 + direction : direction;
        double[][] result = Step(
            new RmsPropUpdateOp(0.75, 0.1, momentum, 0), p: 1, states: momentum > 0 ? [0.04, 3] : [0.04], numbers: [0.1]);

        Compute.AssertClose([1 - (0.1 * velocity)], result[0]);
        Compute.AssertClose([0.0925], result[1]);
        if (momentum > 0)
        {
            Compute.AssertClose([velocity], result[2]);
        }
    }

    [Theory]
    [InlineData(20, 3, -4, 12)]
    [InlineData(6.5, 1.5, -2, 6)]
    public void Clip_ByNorm_ScalesLongGradientsAlone(double maxNorm, double first, double second, double third)
    {
        // Two gradients of one norm, 13; the guard of 1e-6 in the quotient shows in the eighth digit.
        double[][] result = Compute.Many(
            t =>
            {
                Tensor norm = t[0].Graph.Add(new GradientNormOp(2), t);
                return [norm, .. t.Select(g => g.Graph.Add(new ClipGradientOp(maxNorm, double.PositiveInfinity), [g, norm]))];
            },
            1,
            (Shape.Of(2), [3, -4]),
            (Shape.Of(1), [12]));

        Compute.AssertClose([13], result[0]);
        Compute.AssertClose([first, second], result[1], tolerance: 1e-6);
        Compute.AssertClose([third], result[2], tolerance: 1e-6);
    }

    [Fact]
    public void Clip_ByValue_CutsBothSides()
    {
        double[] result = Compute.One(
            t => t[0].Graph.Add(new ClipGradientOp(double.PositiveInfinity, 2), t), 1, (Shape.Of(4), [3, -4, 1, double.NaN]));

        Assert.Equal([2, -2, 1, double.NaN], result);
    }

    [Fact]
    public void Shape_RateIsAVector_AsksForOneNumber()
    {
        ShapeMismatchException e = Assert.Throws<ShapeMismatchException>(() => Compute.Trace(
            t => t[0].Graph.AddNode(new AdamUpdateOp(0.9, 0.99, 1e-8, 0, 0), t),
            Shape.Of(2), Shape.Of(2), Shape.Of(2), Shape.Of(2), Shape.Scalar, Shape.Of(2)));

        Assert.Contains("AdamUpdate: got [2], needs one number []", e.Message, StringComparison.Ordinal);
    }

    private static double[][] Step(UpdateOp rule, double p, double[] states, double[] numbers, double gradient = 0.5) => Compute.Many(
        t => [.. t[0].Graph.AddNode(rule, t).Outputs],
        1,
        [
            (Shape.Of(1), [p]), (Shape.Of(1), [gradient]),
            .. states.Select(state => (Shape.Of(1), new[] { state })),
            .. numbers.Select(number => (Shape.Scalar, new[] { number })),
        ]);
}
