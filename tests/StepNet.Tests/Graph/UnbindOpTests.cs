using StepNet.Execution;
using StepNet.Graph;
using StepNet.Nn;
using StepNet.Passes;

namespace StepNet.Tests.Graph;

public sealed class UnbindOpTests
{
    [Fact]
    public void Unbind_TwoOfThreePlaces_AreColumns()
    {
        double[][] y = Compute.Many(t => Ops.Unbind(t[0], 2), 2, (Shape.Batch(2, 3), [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]));

        Assert.Equal([1, 4, 7, 10], y[0]);
        Assert.Equal([2, 5, 8, 11], y[1]);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(4)]
    public void Unbind_SomePlacesUnused_GradientMatchesDifferences(int count) => GradientCheck.Function(
        t =>
        {
            Tensor[] places = Ops.Unbind(t[0], count);
            return count == 4 ? Ops.Multiply(places[3], places[1]) : places[count - 1];
        },
        [Shape.Batch(2, 4)]);

    [Theory]
    [InlineData(3, 5)]
    [InlineData(16, 4)]
    [InlineData(20, 9)]
    public void CpuStep_ForwardAndBack_AreTheDefinitionsBits(int channels, int length)
    {
        // A convolution reads the sequence too, so that it has zeros around it.
        ComputationGraph graph = new(training: true);
        Tensor x = graph.Input("x", Shape.Batch(channels, length)), scaled = Ops.Scale(x, graph.Read(new Variable("c", Shape.Scalar, [3])));
        Tensor[] places = Ops.Unbind(scaled, length - 1);
        Tensor read = Ops.Conv1d(scaled, graph.Read(new Variable("w", Shape.Of(1, channels, 3), [.. Enumerable.Repeat(0.5f, 3 * channels)])), 1, Padding.Along(1, 1));
        Tensor sum = Ops.Add(Ops.Multiply(places[0], places[length - 2]), places[1]);
        Tensor loss = Ops.SoftmaxCrossEntropy(sum, graph.Input("labels", Shape.Batch()));
        GraphProgram program = new(graph, new Dictionary<string, Tensor>
        {
            ["sum"] = sum,
            ["conv"] = read,
            ["dx"] = Differentiate.Loss(loss, x)[0]!,
        });
        float[] values = [.. Compute.Uniform(9 * channels * length, seed: 2).Select(value => (float)value)];
        using ReferenceExecutor<float> reference = new(program, 9);
        using IExecutor cpu = Executors.Create(program, 9, threads: 2);
        foreach (IExecutor executor in (IExecutor[])[reference, cpu])
        {
            executor.Feed("x", values);
            executor.Feed("labels", [0, 1, 2, 0, 1, 2, 0, 1, 2]);
            executor.Run(9);
        }

        foreach (string name in (string[])["sum", "dx"])
        {
            float[] expected = new float[program.Outputs[name].Shape.Count(9)], actual = new float[expected.Length];
            reference.Fetch(name, expected);
            cpu.Fetch(name, actual);
            Compute.AssertClose([.. expected.Select(value => (double)value)], [.. actual.Select(value => (double)value)], 1e-5);
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(4)]
    public void Unbind_MorePlacesThanThereAre_SaysHowMany(int count)
    {
        ShapeMismatchException e = Assert.Throws<ShapeMismatchException>(() => Compute.Trace(t => Ops.Unbind(t[0], count), Shape.Batch(2, 3)));

        Assert.Contains($"Unbind: {count} places of [N, 2, 3]. Ask for 1 to 3.", e.Message, StringComparison.Ordinal);
    }
}
