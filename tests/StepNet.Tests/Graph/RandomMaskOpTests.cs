using StepNet.Execution;
using StepNet.Execution.Cpu;
using StepNet.Graph;
using StepNet.Kernels;
using StepNet.Nn;
using StepNet.Passes;

namespace StepNet.Tests.Graph;

public sealed class RandomMaskOpTests
{
    [Fact]
    public void Values_ManyElements_AreZeroOrOneOverKeepWithMeanNearOne()
    {
        double[] mask = Mask(t => Ops.RandomMask(t, 0.8), Shape.Batch(1000), n: 20);

        Assert.All(mask, value => Assert.True(value is 0 or 1 / 0.8));
        // Standard deviation of the mean: sqrt(0.25 / 20000) = 0.0035.
        Assert.Equal(1, mask.Average(), tolerance: 0.015);
    }

    [Fact]
    public void Values_SameSeedAndStep_AreTheSameInAnotherExecutor() =>
        Assert.Equal(Mask(t => Ops.RandomMask(t, 0.5), Shape.Batch(50)), Mask(t => Ops.RandomMask(t, 0.5), Shape.Batch(50)));

    [Fact]
    public void Values_LargerBatch_KeepTheirPrefix()
    {
        double[] three = Mask(t => Ops.RandomMask(t, 0.5), Shape.Batch(50), n: 3);
        double[] eight = Mask(t => Ops.RandomMask(t, 0.5), Shape.Batch(50), n: 8);

        Assert.Equal(three, eight[..three.Length]);
    }

    [Fact]
    public void Values_OtherStepOrSeed_Differ()
    {
        double[] mask = Mask(t => Ops.RandomMask(t, 0.5), Shape.Batch(50));

        Assert.NotEqual(mask, Mask(t => Ops.RandomMask(t, 0.5), Shape.Batch(50), key: new RandomKey(1, 1)));
        Assert.NotEqual(mask, Mask(t => Ops.RandomMask(t, 0.5), Shape.Batch(50), key: new RandomKey(2, 0)));
    }

    [Fact]
    public void Values_SecondMaskOfOneModule_Differ() => Assert.NotEqual(
        Mask(t => Ops.RandomMask(t, 0.5), Shape.Batch(50)),
        Mask(t => Ops.RandomMask(Ops.RandomMask(t, 0.5), 0.5), Shape.Batch(50)));

    [Fact]
    public void Values_WholeItems_AreKeptOrDroppedTogether()
    {
        double[] mask = Mask(t => Ops.RandomMask(t, 0.5, wholeItems: true), Shape.Batch(10), n: 40);

        Assert.All(mask.Chunk(10), item => Assert.All(item, value => Assert.Equal(item[0], value)));
        Assert.Equal(2, mask.Distinct().Count());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Values_OnTheCpu_AreTheDefinitionsBits(bool wholeItems)
    {
        const int N = 19;
        ComputationGraph graph = new(training: true);
        Tensor x = graph.Input("x", Shape.Batch(17, 3, 5)), mask = Ops.RandomMask(x, 0.3, wholeItems);
        GraphProgram program = new(
            graph, new Dictionary<string, Tensor> { ["mask"] = mask, ["product"] = Ops.Multiply(x, mask) });
        using ReferenceExecutor<float> reference = new(program, N);
        using CpuExecutor cpu = new(new CpuPlan(program, N), 2, VectorKernels.Select());
        foreach (IExecutor executor in new IExecutor[] { reference, cpu })
        {
            executor.Random = new RandomKey(5, 6);
            executor.Feed("x", [.. Compute.Uniform(N * 255, seed: 1).Select(value => (float)value)]);
            executor.Run(N);
        }

        foreach (string output in program.Outputs.Keys)
        {
            float[] expected = new float[N * 255], actual = new float[N * 255];
            reference.Fetch(output, expected);
            cpu.Fetch(output, actual);
            Assert.Equal(expected, actual);
        }
    }

    [Fact]
    public void Gradient_OfAMaskedValue_MatchesDifferences() =>
        GradientCheck.Function(t => Ops.Multiply(t[0], Ops.RandomMask(t[0], 0.5)), [Shape.Batch(10)]);

    [Theory]
    [InlineData(0)]
    [InlineData(1.5)]
    [InlineData(double.NaN)]
    public void Call_KeepOutOfRange_SaysTheRange(double keep)
    {
        ArgumentOutOfRangeException e = Assert.Throws<ArgumentOutOfRangeException>(
            () => Compute.Trace(t => Ops.RandomMask(t[0], keep), Shape.Batch(3)));

        Assert.Contains("keep probability lies in (0, 1]", e.Message, StringComparison.Ordinal);
    }

    private static double[] Mask(Func<Tensor, Tensor> function, Shape shape, int n = 3, RandomKey? key = null)
    {
        ComputationGraph graph = new(training: true);
        Tensor mask = function(graph.Input("x", shape));
        using ReferenceExecutor<double> executor = new(
            new GraphProgram(graph, new Dictionary<string, Tensor> { ["mask"] = mask }), n)
        { Random = key ?? new RandomKey(1, 0) };
        executor.Feed("x", new float[shape.Count(n)]);
        executor.Run(n);
        return executor.FetchExact("mask").ToArray();
    }
}
