using StepNet.Graph;
using StepNet.Nn;

namespace StepNet.Tests.Graph;

public sealed class FlattenOpTests
{
    [Fact]
    public void Values_TwoChannels_ComeChannelAfterChannel()
    {
        // The linear layer reads number 3 alone: the second pixel of the second channel.
        double[] y = Compute.One(
            t => Ops.Linear(Ops.Flatten(t[0]), t[1]), 2,
            (Shape.Batch(2, 1, 2), [1, 2, 3, 4, 5, 6, 7, 8]), (Shape.Of(1, 4), [0, 0, 0, 1]));

        Assert.Equal([4, 8], y);
    }

    [Fact]
    public void Gradient_Images_MatchesDifferences() =>
        GradientCheck.Function(t => Ops.Flatten(t[0]), [Shape.Batch(2, 3, 5)]);

    [Fact]
    public void Shape_Sequences_AreFlattenedByTheModule() =>
        Assert.Equal(Shape.Batch(15), Tracer.Trace(new Flatten(), Shape.Of(3, 5), training: false).Shape);

    [Fact]
    public void Shape_NoChannels_SaysWhatIsNeeded()
    {
        ShapeMismatchException e = Assert.Throws<ShapeMismatchException>(() => Compute.Trace(t => Ops.Flatten(t[0]), Shape.Batch()));

        Assert.Contains("Flatten: got [N], needs a batch with channels", e.Message, StringComparison.Ordinal);
    }
}
