using StepNet.Graph;
using StepNet.Models;
using StepNet.Nn;

namespace StepNet.Tests.Nn;

public sealed class TracerTests
{
    [Fact]
    public void Trace_OtherOperationsTheSecondTime_NamesTheModule()
    {
        Sequential model = new(new Linear(2, 2), new Fickle((x, odd) => odd ? Ops.Relu(x) : Ops.Add(x, x)));

        TraceMismatchException e = Assert.Throws<TraceMismatchException>(() => model.Compile(Shape.Of(2)));

        Assert.StartsWith("1", e.Message, StringComparison.Ordinal);
        Assert.Contains("two traces differ, 'Relu' and 'Add'", e.Message, StringComparison.Ordinal);
        Assert.Contains("Ops.RandomMask", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Trace_OneOperationMoreTheSecondTime_NamesTheModule()
    {
        Sequential model = new(new Linear(2, 2), new Fickle((x, odd) => odd ? x : Ops.Relu(x)));

        TraceMismatchException e = Assert.Throws<TraceMismatchException>(() => model.Compile(Shape.Of(2)));

        Assert.StartsWith("1", e.Message, StringComparison.Ordinal);
        Assert.Contains("'nothing' and 'Relu'", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Trace_SameOperationsAndAnotherOutput_IsAMismatch()
    {
        Fickle module = new((x, odd) => (Ops.Relu(x), Ops.Add(x, x)) is var (a, b) && odd ? a : b);

        Assert.Throws<TraceMismatchException>(() => module.Compile(Shape.Of(2)));
    }

    [Fact]
    public void Trace_TensorKeptBetweenTraces_NamesTheModule()
    {
        // Stale on either side: the operation is added to the graph of its first input.
        foreach (bool staleFirst in (bool[])[true, false])
        {
            Sequential model = new(new Linear(2, 2), new Keeping((x, kept) => staleFirst ? Ops.Add(kept, x) : Ops.Add(x, kept)));

            InvalidOperationException e = Assert.Throws<InvalidOperationException>(() => model.Compile(Shape.Of(2)));

            Assert.StartsWith("1", e.Message, StringComparison.Ordinal);
            Assert.Contains("must not keep tensors between traces", e.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Trace_OutputKeptBetweenTraces_NamesTheModule()
    {
        // The same tensor is returned for every input: a second trace of another shape would get the first one's output.
        Sequential model = new(new Linear(2, 2), new Keeping((_, kept) => Ops.Relu(kept)));

        InvalidOperationException e = Assert.Throws<InvalidOperationException>(() => model.Compile(Shape.Of(2)));

        Assert.StartsWith("1", e.Message, StringComparison.Ordinal);
        Assert.Contains("must not keep tensors between traces", e.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Trace_RunningStateTwiceInOneTrace_IsRefusedInTrainingOnly(bool training)
    {
        BatchNorm2d norm = new(2);
        Sequential model = new(norm, norm);

        if (!training)
        {
            Assert.NotNull(Tracer.Trace(model, Shape.Of(2), training));
            return;
        }

        InvalidOperationException e = Assert.Throws<InvalidOperationException>(() => Tracer.Trace(model, Shape.Of(2), training));
        Assert.Contains("'0.running_mean' is updated twice", e.Message, StringComparison.Ordinal);
        Assert.Contains("make a second module", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Trace_SharedLinearTwice_IsOneParameter()
    {
        Linear linear = new(2, 2);
        Sequential model = new(linear, linear);

        Assert.Equal(2, model.Parameters.Count());
        GradientCheck.Module(model, Shape.Of(2));
    }

    [Fact]
    public void Trace_ModuleOutputs_LieInTheirScope()
    {
        Tensor logits = Tracer.Trace(new CifarResNet(new CifarResNetOptions { Depth = 8 }), Shape.Of(3, 8, 8), training: false);

        Node conv = logits.Graph.Nodes.Single(node => node.Scope.Path == "layer2.0.shortcut.0" && node.Operation is Conv2dOp);
        Assert.EndsWith("ResidualBlock.cs", conv.Scope.File, StringComparison.Ordinal);
        Assert.True(conv.Scope.Line > 0);
        Assert.Single(logits.Graph.Nodes, node => node.Scope.Path == "layer2.0" && node.Operation is ResidualStepOp);
    }

    private sealed class Fickle(Func<Tensor, bool, Tensor> forward) : Module
    {
        private int _calls;

        protected override Tensor Forward(Tensor x) => forward(x, _calls++ % 2 == 0);
    }

    private sealed class Keeping(Func<Tensor, Tensor, Tensor> forward) : Module
    {
        private Tensor? _kept;

        protected override Tensor Forward(Tensor x) => forward(x, _kept ??= x);
    }
}
