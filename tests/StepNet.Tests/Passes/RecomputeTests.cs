using StepNet.Execution;
using StepNet.Execution.Cpu;
using StepNet.Graph;
using StepNet.Kernels;
using StepNet.Models;
using StepNet.Nn;
using StepNet.Optim;
using StepNet.Passes;
using StepNet.Tests.Execution;
using StepNet.Training;

namespace StepNet.Tests.Passes;

/// <summary>Recomputation: the same numbers, less memory; the same bits where a batch is at work in the same parts, as here.</summary>
public sealed class RecomputeTests
{
    private static readonly Shape s_images = Shape.Of(3, 8, 8);

    [Theory]
    [InlineData("post", "batch", "0.3")]
    [InlineData("pre", "batch", "learned:0.3")]
    [InlineData("post", "none", "channel:0.3")]
    [InlineData("pre", "none", "0.3")]
    public void TrainingStep_WithAndWithout_GivesTheSameBits(string order, string norm, string step)
    {
        ResNetOptions options = ModelCatalog.Options("resnet32")
            .With("order", order).With("norm", norm).With("step", step).With("skip", "learned:0.9").With("drop-path", "0.3");

        float[] kept = Train(options, recompute: false, threads: 2), again = Train(options, recompute: true, threads: 2);

        Assert.All(kept, value => Assert.True(float.IsFinite(value)));
        Assert.Equal(kept, again);
        Assert.Equal(kept, Train(options, recompute: true, threads: 3));
    }

    [Theory]
    [InlineData("resnet56", "batch")]
    [InlineData("resnet56", "group")]
    [InlineData("adaresnet18", "batch")]
    [InlineData("keras-resnet50", "batch")]
    [InlineData("text-resnet29", "group")]
    public void Step_ByDefinition_GivesTheSameGradients(string name, string norm)
    {
        ResNetOptions options = ModelCatalog.Options(name).With("width", "8").With("norm", norm);
        Shape item = options.Item.Dims.Length > 1 ? s_images : Shape.Of(64);
        Module model = options.For(item, 10).Create();
        GraphProgram kept = TrainingGraph.Build(model, item, new Sgd()), again = TrainingGraph.Build(model, item, new Sgd(), recompute: true);

        Assert.Contains(again.Nodes, node => node.Operation is RecallOp);
        Assert.DoesNotContain(kept.Nodes, node => node.Operation is RecallOp);
        Assert.Equal(kept.Outputs.Keys.Order(), again.Outputs.Keys.Order());
        Assert.Equal(kept.Updates.Length, again.Updates.Length);
        // What is computed again is what was computed: the same operations, each at most once more.
        var before = Forward(kept).CountBy(node => (node.Operation.ToString(), node.Scope.Path)).ToDictionary();
        Assert.All(
            Forward(again).CountBy(node => (node.Operation.ToString(), node.Scope.Path)),
            pair => Assert.True(pair.Value <= 2 * before[pair.Key], $"{pair.Key}: {pair.Value}"));

        model.Initialize(3);
        double[][] expected = Stepped(kept), actual = Stepped(again);
        Assert.All(expected.Zip(actual), pair => Compute.AssertClose(pair.First, pair.Second, 1e-9));

        double[][] Stepped(GraphProgram program)
        {
            using ReferenceExecutor<double> reference = new(program, 2);
            reference.FeedExact("input", item.Dims.Length > 1 ? Compute.Uniform(2 * item.ItemCount, 1) : [.. Enumerable.Range(0, 2 * item.ItemCount).Select(i => i * 7 % 60)]);
            reference.FeedExact("labels", [3, 8]);
            reference.Run(2);
            return [.. model.Parameters.Select(parameter => reference.Exact(parameter).ToArray())];
        }

        static IEnumerable<Node> Forward(GraphProgram program) => program.Nodes.Where(node => node.Operation is Conv2dOp or LinearOp or MaxPoolOp);
    }

    [Fact]
    public void Plan_DeepNetwork_TakesAFractionOfTheMemory()
    {
        long kept = StoreFloats(110, false), again = StoreFloats(110, true), deeper = StoreFloats(218, true);

        Assert.True(again < 0.4 * kept, $"{again} of {kept} floats");
        // With the square root of the depth, and what every block needs for its statistics and weights.
        Assert.True(deeper < 1.7 * again, $"{deeper} after {again} floats");
    }

    /// <summary>Every layer costs what the others cost: no term grows faster than the depth.</summary>
    [Fact]
    public void Plan_TwiceTheLayers_TakesTwiceTheMemory()
    {
        long shallow = StoreFloats(38, false), middle = StoreFloats(74, false), deep = StoreFloats(110, false);

        Assert.Equal(middle - shallow, deep - middle, tolerance: 0.05 * (middle - shallow));
    }

    [Fact]
    public void Build_NetworkWithoutPlacesToStart_IsLeftAlone()
    {
        GraphProgram program = TrainingGraph.Build(new Linear(4, 10), Shape.Of(4), new Sgd(), recompute: true);
        Assert.DoesNotContain(program.Nodes, node => node.Operation is RecallOp);
    }

    private static long StoreFloats(int depth, bool recompute) => new CpuPlan(
        TrainingGraph.Build(new CifarResNet(new CifarResNetOptions { Depth = depth }), Shape.Of(3, 32, 32), new Sgd(), recompute: recompute), 128).StoreFloats;

    private static float[] Train(ResNetOptions options, bool recompute, int threads)
    {
        const int N = 19;
        Module model = options.Create();
        model.Initialize(2);
        Sgd optimizer = new(0.9, 1e-3);
        GraphProgram program = TrainingGraph.Build(model, s_images, optimizer, recompute: recompute);
        Assert.Equal(recompute, program.Nodes.Any(node => node.Operation is RecallOp));
        (float[] images, float[] labels) = CpuExecutorTests.Data(N, s_images);
        using CpuExecutor cpu = new(new CpuPlan(program, N), threads, VectorKernels.Select());
        cpu.Set(optimizer.LearningRate, 0.02);
        for (int step = 0; step < 3; step++)
        {
            cpu.Random = new RandomKey(1, step);
            cpu.Feed("input", images);
            cpu.Feed("labels", labels);
            cpu.Run(N);
        }

        List<float> values = [];
        foreach (Variable variable in model.State)
        {
            float[] read = new float[variable.Shape.ItemCount];
            cpu.Read(variable, read);
            values.AddRange(read);
        }

        return [.. values];
    }
}
