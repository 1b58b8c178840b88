using StepNet.Graph;
using StepNet.Nn;

namespace StepNet.Tests.Graph;

public sealed class ReluOpTests
{
    [Fact]
    public void Relu_SignsAndZero_ClipsTheNegative() =>
        Assert.Equal([0, 0, 2], Compute.One(t => Ops.Relu(t[0]), 1, (Shape.Batch(3), [-1, 0, 2])));

    [Fact]
    public void Relu_NaN_ReachesTheOutput() =>
        Assert.True(double.IsNaN(Compute.One(t => Ops.Relu(t[0]), 1, (Shape.Batch(1), [double.NaN]))[0]));

    [Fact]
    public void Relu_AwayFromZero_GradientMatchesDifferences() => GradientCheck.Function(
        t => Ops.Relu(t[0]), [Shape.Batch(2, 3, 3)], prepare: (_, values) =>
        {
            // Within a step of the kink the differences are no gradient.
            foreach (ref double value in values.AsSpan())
            {
                value += Math.CopySign(0.1, value);
            }
        });
}
