using StepNet.Graph;
using StepNet.Nn;

namespace StepNet.Tests.Nn;

public sealed class GradientCheckTests
{
    [Fact]
    public void Function_RightRule_Passes() => GradientCheck.Function(t => Ops.Apply(new Cube(3), t[0]), [Shape.Batch(4)]);

    [Fact]
    public void Function_WrongFactor_NamesInputAndElement()
    {
        // Of the sum of a right and a wrong operation only the second input is at fault.
        GradientMismatchException e = Assert.Throws<GradientMismatchException>(() => GradientCheck.Function(
            t => Ops.Add(Ops.Apply(new Cube(3), t[0]), Ops.Apply(new Cube(2.9), t[1])), [Shape.Batch(4), Shape.Batch(4)]));

        Assert.StartsWith("Gradient of input 1, element 0 of [N, 4]: the rule gives ", e.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    [InlineData(11)]
    public void Function_WrongSignInOneElement_NamesThatElement(int element)
    {
        GradientMismatchException e = Assert.Throws<GradientMismatchException>(() => GradientCheck.Function(
            t => Ops.Apply(new FlippedOp(element), t[0]), [Shape.Batch(4)], n: 3));

        Assert.StartsWith($"Gradient of input 0, element {element} of [N, 4]:", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Function_RuleThatForgetsAnInput_Fails()
    {
        GradientMismatchException e = Assert.Throws<GradientMismatchException>(() => GradientCheck.Function(
            t => t[0].Graph.Add(new ForgetfulOp(), t), [Shape.Batch(4), Shape.Batch(4)]));

        Assert.Contains("input 1", e.Message, StringComparison.Ordinal);
        Assert.Contains("the rule gives 0,", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Function_InputWithoutEffect_HasGradientZero() =>
        GradientCheck.Function(t => Ops.Relu(t[0]), [Shape.Of(3), Shape.Of(3)]);

    [Fact]
    public void Module_WrongRule_NamesTheParameter()
    {
        GradientMismatchException e = Assert.Throws<GradientMismatchException>(() => GradientCheck.Module(
            new Sequential(new Linear(2, 3), new Cubed(), new Linear(3, 2)), Shape.Of(2)));

        // The input comes first; with inputs right the message would name 0.weight.
        Assert.Contains("Gradient of input 0, element 0 of [N, 2]", e.Message, StringComparison.Ordinal);

        e = Assert.Throws<GradientMismatchException>(() => GradientCheck.Module(new WrongWeight(), Shape.Of(2)));
        Assert.Contains("Gradient of weight, element 0 of [2]", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Module_Checked_KeepsItsValues()
    {
        Sequential module = new(new Linear(3, 2), new BatchNorm2d(2));
        module.Initialize(5);
        float[][] before = [.. module.State.Select(variable => (float[])variable.Values.Clone())];

        GradientCheck.Module(module, Shape.Of(3));

        Assert.Equal(before, module.State.Select(variable => variable.Values));
    }

    [Fact]
    public void Module_UnusedParameter_HasGradientZero() => GradientCheck.Module(new Idle(), Shape.Of(2));

    private sealed class Cube(double factor) : ElementwiseOp
    {
        public override T Apply<T>(T x) => x * x * x;

        public override T Derivative<T>(T x) => T.CreateTruncating(factor) * x * x;

        public override string ToString() => $"Cube {factor}";
    }

    private sealed class Cubed : Module
    {
        protected override Tensor Forward(Tensor x) => Ops.Apply(new Cube(-3), x);
    }

    private sealed class WrongWeight : Module
    {
        private readonly Parameter _weight;

        public WrongWeight() => _weight = Parameter("weight", Shape.Of(2), Initializers.Constant(1));

        protected override Tensor Forward(Tensor x) =>
            Ops.ChannelBias(x, Ops.Apply(new Cube(2.5), x.Graph.Read(_weight)));
    }

    private sealed class Idle : Module
    {
        public Idle() => Parameter("weight", Shape.Of(2), Initializers.Constant(1));

        protected override Tensor Forward(Tensor x) => Ops.Scale(x, x.Graph.Read(new Slot("two", 2)));
    }

    /// <summary>Identity, whose rule turns the sign of one element.</summary>
    private sealed class FlippedOp(int element) : Operation
    {
        public override Shape[] InferShapes(ReadOnlySpan<Shape> inputs) => [inputs[0]];

        public override Tensor?[] Gradient(Node node, Tensor?[] outputGradients) =>
            [node.Graph.Add(new FlipOp(element), [outputGradients[0]!])];

        public override void Evaluate<T>(Operands<T> v) => v.In(0).CopyTo(v.Out(0));
    }

    private sealed class FlipOp(int element) : Operation
    {
        public override Shape[] InferShapes(ReadOnlySpan<Shape> inputs) => [inputs[0]];

        public override Tensor?[] Gradient(Node node, Tensor?[] outputGradients) => [null];

        public override void Evaluate<T>(Operands<T> v)
        {
            v.In(0).CopyTo(v.Out(0));
            v.Out(0)[element] = -v.Out(0)[element];
        }
    }

    /// <summary>A sum, whose rule leaves out the second input.</summary>
    private sealed class ForgetfulOp : Operation
    {
        public override Shape[] InferShapes(ReadOnlySpan<Shape> inputs) => [inputs[0]];

        public override Tensor?[] Gradient(Node node, Tensor?[] outputGradients) => [outputGradients[0], null];

        public override void Evaluate<T>(Operands<T> v)
        {
            for (int i = 0; i < v.Out(0).Length; i++)
            {
                v.Out(0)[i] = v.In(0)[i] + v.In(1)[i];
            }
        }
    }
}
