using StepNet.Graph;
using StepNet.Nn;

namespace StepNet.Tests.Graph;

public sealed class ElementwiseOpTests
{
    [Fact]
    public void Apply_CustomOperation_MapsEveryElement() =>
        Assert.Equal([0, Math.Tanh(1), Math.Tanh(-2)], Compute.One(t => Ops.Apply(new Tanh(), t[0]), 1, (Shape.Batch(3), [0, 1, -2])));

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Gradient_CustomOperation_MatchesDifferences(bool batched) =>
        GradientCheck.Function(t => Ops.Apply(new Tanh(), t[0]), [batched ? Shape.Batch(2, 3) : Shape.Of(5)]);

    [Fact]
    public void Name_CustomOperation_IsTheClassName() => Assert.Equal("Tanh", new Tanh().ToString());

    private sealed class Tanh : ElementwiseOp
    {
        public override T Apply<T>(T x) => T.Tanh(x);

        public override T Derivative<T>(T x) => T.One - (T.Tanh(x) * T.Tanh(x));
    }
}
