using StepNet.Graph;
using StepNet.Nn;

namespace StepNet.Tests.Graph;

public sealed class GroupNormOpTests
{
    [Fact]
    public void Values_TwoGroups_AreNormalisedApartAndScaledByChannel()
    {
        // Groups (1, 3, 5, 7) and (0, 0, 2, 2): means 4 and 1, variances 5 and 1.
        double s = 1 / Math.Sqrt(5);
        double[] y = Compute.One(
            t => Ops.GroupNorm(t[0], t[1], t[2], 2, 0), 1,
            (Shape.Batch(4, 2), [1, 3, 5, 7, 0, 0, 2, 2]), (Shape.Of(4), [1, 2, 3, 4]), (Shape.Of(4), [0, 10, 0, 100]));

        Compute.AssertClose([-3 * s, -s, (2 * s) + 10, (6 * s) + 10, -3, -3, 104, 104], y);
    }

    [Fact]
    public void Values_OtherItems_ChangeNothing()
    {
        double[] x = Compute.Uniform(3 * 24, seed: 1);
        (Shape, double[]) gamma = (Shape.Of(4), [1, 2, 3, 4]), beta = (Shape.Of(4), [0, 1, 2, 3]);

        double[] all = Compute.One(t => Ops.GroupNorm(t[0], t[1], t[2], 2), 3, (Shape.Batch(4, 2, 3), x), gamma, beta);
        double[] last = Compute.One(t => Ops.GroupNorm(t[0], t[1], t[2], 2), 1, (Shape.Batch(4, 2, 3), x[48..]), gamma, beta);

        Assert.Equal(all[48..], last);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(6)]
    public void Gradient_Groups_MatchesDifferences(int groups)
    {
        GradientCheck.Module(new GroupNorm(groups, 6), Shape.Of(6, 3, 5));
        GradientCheck.Module(new GroupNorm(groups, 6), Shape.Of(6, 7));
    }

    [Fact]
    public void Module_Parameters_AreWeightAndBias() => Assert.Equal(
        ["weight [6]", "bias [6]"], new GroupNorm(2, 6).Parameters.Select(parameter => $"{parameter.Name} {parameter.Shape}"));

    [Fact]
    public void Shape_GroupsThatDoNotDivide_SaysBothNumbers()
    {
        ShapeMismatchException e = Assert.Throws<ShapeMismatchException>(() => Compute.Trace(
            t => Ops.GroupNorm(t[0], t[1], t[2], 4), Shape.Batch(6, 2, 2), Shape.Of(6), Shape.Of(6)));

        Assert.Contains("GroupNorm: 6 channels of [N, 6, 2, 2] in 4 groups. The groups divide the channels evenly", e.Message, StringComparison.Ordinal);
    }
}
