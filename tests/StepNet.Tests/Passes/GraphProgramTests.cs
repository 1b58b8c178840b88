using StepNet.Execution;
using StepNet.Graph;
using StepNet.Passes;

namespace StepNet.Tests.Passes;

public sealed class GraphProgramTests
{
    [Fact]
    public void Nodes_UnusedOperation_IsLeftOut()
    {
        ComputationGraph graph = new();
        Tensor x = graph.Input("x", Shape.Batch(2));
        Tensor y = Ops.Relu(x);
        Ops.Add(y, y);

        GraphProgram program = new(graph, new Dictionary<string, Tensor> { ["y"] = y });

        Assert.Equal([x.Producer, y.Producer], program.Nodes);
    }

    [Fact]
    public void Nodes_NeededByAnUpdateAlone_AreKept()
    {
        ComputationGraph graph = new();
        Variable count = new("count", Shape.Scalar);
        graph.Update(count, Ops.Add(graph.Read(count), graph.Read(new Slot("one", 1))));

        using ReferenceExecutor<double> executor = new(new GraphProgram(graph, new Dictionary<string, Tensor>()), 1);
        executor.Run(1);
        executor.Run(1);

        Assert.Equal(2, executor.Exact(count)[0]);
        Assert.Equal(0, count.Values[0]);
    }

    [Fact]
    public void Run_VariablesThatTradeValues_AreWrittenAtTheEndOfTheStep()
    {
        // Every read is of the start of the step: the second write must not see the first, nor a fetched value either.
        ComputationGraph graph = new();
        Variable a = new("a", Shape.Scalar, [1]), b = new("b", Shape.Scalar, [2]);
        graph.Update(a, graph.Read(b));
        graph.Update(b, graph.Read(a));

        using ReferenceExecutor<double> executor = new(
            new GraphProgram(graph, new Dictionary<string, Tensor> { ["a before"] = graph.Read(a) }), 1);
        executor.Run(1);

        Assert.Equal((2, 1), (executor.Exact(a)[0], executor.Exact(b)[0]));
        Assert.Equal(1, executor.FetchExact("a before")[0]);
    }

    [Fact]
    public void Program_TwoExecutors_KeepTheirOwnVariables()
    {
        ComputationGraph graph = new();
        Variable count = new("count", Shape.Scalar);
        graph.Update(count, Ops.Add(graph.Read(count), graph.Read(new Slot("one", 1))));
        GraphProgram program = new(graph, new Dictionary<string, Tensor>());

        using ReferenceExecutor<double> first = new(program, 1), second = new(program, 1);
        first.Run(1);

        Assert.Equal((1, 0), (first.Exact(count)[0], second.Exact(count)[0]));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(5)]
    public void Run_BatchOutsideTheBuffers_SaysTheLimit(int n)
    {
        ComputationGraph graph = new();
        Tensor x = graph.Input("x", Shape.Batch(2));
        using ReferenceExecutor<double> executor = new(new GraphProgram(graph, new Dictionary<string, Tensor> { ["x"] = x }), 4);

        ArgumentOutOfRangeException e = Assert.Throws<ArgumentOutOfRangeException>(() => executor.Run(n));

        Assert.Contains("1 to 4 items", e.Message, StringComparison.Ordinal);
    }
}
