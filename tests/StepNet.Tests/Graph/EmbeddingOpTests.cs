using StepNet.Execution;
using StepNet.Execution.Cpu;
using StepNet.Graph;
using StepNet.Kernels;
using StepNet.Nn;
using StepNet.Passes;

namespace StepNet.Tests.Graph;

public sealed class EmbeddingOpTests
{
    private static readonly Shape Ids = Shape.Batch(3);
    private static readonly Shape Table = Shape.Of(3, 2);

    [Fact]
    public void Values_TwoItems_AreRowsAsChannels() => Assert.Equal(
        [5, 1, 1, 6, 2, 2, 3, 3, 5, 4, 4, 6],
        Compute.One(t => Ops.Embedding(t[0], t[1]), 2, (Ids, [2, 0, 0, 1, 1, 2]), (Table, [1, 2, 3, 4, 5, 6])));

    [Fact]
    public void Gradient_RepeatedIds_AddUp() => GradientCheck.Function(
        t => Ops.Embedding(t[0], t[1]),
        [Ids, Table],
        n: 2,
        prepare: (i, values) =>
        {
            if (i == 0)
            {
                // In the middle between two ids, so that a difference does not step to the next one.
                ((double[])[0.5, 2.5, 0.5, 0.5, 1.5, 2.5]).CopyTo(values, 0);
            }
        });

    [Theory]
    [InlineData(-1)]
    [InlineData(3)]
    [InlineData(float.NaN)]
    public void Feed_IdOutsideTheTable_IsRefusedByName(float id)
    {
        GraphProgram program = Program();
        using ReferenceExecutor<double> reference = new(program, 2);
        using CpuExecutor cpu = new(new CpuPlan(program, 2), 1, VectorKernels.Select());
        foreach (IExecutor executor in new IExecutor[] { reference, cpu })
        {
            ArgumentException e = Assert.Throws<ArgumentException>(() => executor.Feed("input", [0, 1, 2, 0, id, 2]));

            Assert.Contains("Input 'input': token id ", e.Message, StringComparison.Ordinal);
            Assert.Contains("at place 1 of item 1. The embedding's table has rows 0 to 2", e.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Values_ComputedIdOutsideTheTable_AreNaN()
    {
        ComputationGraph graph = new();
        Tensor ids = Ops.Relu(graph.Input("ids", Ids)), table = graph.Read(new Variable("table", Table));
        GraphProgram program = new(graph, new Dictionary<string, Tensor> { ["y"] = Ops.Embedding(ids, table) });
        using ReferenceExecutor<float> reference = new(program, 1);
        using CpuExecutor cpu = new(new CpuPlan(program, 1), 1, VectorKernels.Select());
        foreach (IExecutor executor in new IExecutor[] { reference, cpu })
        {
            float[] y = new float[6];
            executor.Feed("ids", [0, 7, 2]);
            executor.Run(1);
            executor.Fetch("y", y);

            Assert.Equal([0, float.NaN, 0, 0, float.NaN, 0], y);
        }
    }

    [Fact]
    public void Shape_TableOfOneRow_SaysWhatIsNeeded()
    {
        ShapeMismatchException e = Assert.Throws<ShapeMismatchException>(
            () => Compute.Trace(t => Ops.Embedding(t[0], t[1]), Shape.Batch(2, 3), Shape.Of(5)));

        Assert.Contains("got ids [N, 2, 3] and table [5], needs token ids [N, L] and a table [vocabulary, dim]", e.Message, StringComparison.Ordinal);
    }

    private static GraphProgram Program()
    {
        Tensor y = Tracer.Trace(new Embedding(3, 2), Shape.Of(3), training: false);
        return new GraphProgram(y.Graph, new Dictionary<string, Tensor> { ["y"] = y });
    }
}
