using StepNet.Graph;
using StepNet.Nn;
using StepNet.Passes;

namespace StepNet.Tests.Passes;

public sealed class DifferentiateTests
{
    [Fact]
    public void Loss_NotAScalar_SaysWhatCame()
    {
        ComputationGraph graph = new();
        Tensor x = graph.Input("x", Shape.Batch(2));

        ShapeMismatchException e = Assert.Throws<ShapeMismatchException>(() => Differentiate.Loss(x, x));

        Assert.Contains("Differentiate: got [N, 2], needs one number []", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Loss_UnrelatedVariable_HasNoGradient()
    {
        ComputationGraph graph = new();
        Variable used = new("used", Shape.Scalar), unused = new("unused", Shape.Scalar);
        Tensor loss = Ops.Multiply(graph.Read(used), graph.Read(used));
        graph.Read(unused);

        IReadOnlyDictionary<Variable, Tensor> gradients = Differentiate.Loss(loss, [used, unused]);

        Assert.Equal([used], gradients.Keys);
    }

    [Fact]
    public void Loss_UnwantedInput_GetsNoGradientNodes()
    {
        // dL/dx of the images is never asked for in training: its convolution must not be in the graph.
        ComputationGraph graph = new(training: true);
        Variable w = new("w", Shape.Of(1, 1, 3, 3));
        Tensor y = Ops.GlobalAveragePool(Ops.Conv2d(graph.Input("x", Shape.Batch(1, 4, 4)), graph.Read(w), 1, default));
        Tensor loss = Ops.SoftmaxCrossEntropy(y, graph.Input("labels", Shape.Batch()));

        Tensor gradient = Differentiate.Loss(loss, [w])[w];
        GraphProgram program = new(graph, new Dictionary<string, Tensor> { ["dw"] = gradient });

        Assert.Contains(program.Nodes, node => node.Operation is Conv2dBackwardWeightsOp);
        Assert.DoesNotContain(program.Nodes, node => node.Operation is Conv2dBackwardDataOp);
    }

    [Fact]
    public void Loss_GradientNodes_CarryPathAndLineOfTheirForwardNode()
    {
        ComputationGraph graph = new(training: true);
        Tensor x = graph.Input("x", Shape.Batch(2)), labels = graph.Input("labels", Shape.Batch());
        Tensor s = graph.Read(new Slot("s", 1));
        Tensor y;
        using (graph.Enter(new ModuleScope("layer1.0", "", 0)))
        {
            y = Ops.Multiply(Ops.ResidualStep(x, Ops.Scale(x, s), s, s), x);
        }

        Tensor loss = Ops.SoftmaxCrossEntropy(y, labels);
        int forward = graph.Nodes.Count;
        Differentiate.Loss(loss, x);

        // The sums of gradients and the starting 1 aside, all of them come from the line above.
        Node[] gradients = [.. graph.Nodes.Skip(forward).Where(node => node.Scope.Path == "layer1.0")];
        Assert.True(gradients.Length >= 6);
        Assert.All(gradients, node => Assert.EndsWith("DifferentiateTests.cs", node.Scope.File, StringComparison.Ordinal));
    }

    [Fact]
    public void Loss_SecondDerivative_SaysItIsNotBuilt()
    {
        ComputationGraph graph = new();
        Variable w = new("w", Shape.Scalar), c = new("c", Shape.Scalar);
        Tensor dw = Differentiate.Loss(Ops.Scale(graph.Read(w), graph.Read(c)), [c])[c];

        NotSupportedException e = Assert.Throws<NotSupportedException>(() => Differentiate.Loss(dw, [w]));

        Assert.Contains("second derivatives are not built", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Loss_RuleOfWrongShape_NamesTheOperation()
    {
        ComputationGraph graph = new();
        Variable w = new("w", Shape.Of(3));

        ShapeMismatchException e = Assert.Throws<ShapeMismatchException>(
            () => Differentiate.Loss(Ops.Apply(new WrongShapeOp(), graph.Read(w)), [w]));

        Assert.Contains("the gradient rule of WrongShape gave [] for an input [3]", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Loss_ValueUsedInTwoBranches_GradientsAddUp() => GradientCheck.Function(
        t =>
        {
            Tensor a = Ops.Multiply(t[0], t[0]);
            return Ops.Add(Ops.Multiply(a, t[1]), Ops.Multiply(a, a));
        },
        [Shape.Batch(3), Shape.Batch(3)]);

    private sealed class WrongShapeOp : Operation
    {
        public override Shape[] InferShapes(ReadOnlySpan<Shape> inputs) => [Shape.Scalar];

        public override Tensor?[] Gradient(Node node, Tensor?[] outputGradients) => [outputGradients[0]];

        public override void Evaluate<T>(Operands<T> v)
        {
        }
    }
}
