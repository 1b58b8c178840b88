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

/// <summary>Every named fusion alone, against the unfused program: it must apply, and change nothing.</summary>
public sealed class FuseTests
{
    private static readonly Shape s_images = Shape.Of(3, 8, 8);

    public static TheoryData<string> Patterns() => [.. Fuse.Patterns.Select(pattern => pattern.Name)];

    [Theory]
    [MemberData(nameof(Patterns))]
    public void Pattern_Alone_AppliesAndKeepsTheResult(string name)
    {
        Fusion pattern = Fuse.Patterns.Single(pattern => pattern.Name == name);
        // What a pattern builds on: combine-relu finds what combine made, and so on.
        string[] basis = name switch
        {
            "combine-relu" => ["combine"],
            "norm-gradient-into-sum" or "gated-sum" => ["norm-gradient", "scaled-sum"],
            _ => [],
        };
        Fusion[] before = [.. Fuse.Patterns.Where(p => basis.Contains(p.Name))], with = [.. Fuse.Patterns.Where(p => basis.Contains(p.Name) || p == pattern)];

        int applied = 0;
        foreach ((BlockOrder order, string kind) in new[]
        {
            (BlockOrder.Post, "learned"), (BlockOrder.Pre, "learned"), (BlockOrder.Post, "channel"), (BlockOrder.Pre, "channel"),
        })
        {
            Optimizer? optimizer = name == "clipped-update" ? new Adam(epsilon: 1e-3) { ClipNorm = 0.1, ClipValue = 0.01 } : null;
            GraphProgram program = Program(order, kind, optimizer), without = Fuse.Apply(program, before), fused = Fuse.Apply(program, with);
            applied += without.ToString() != fused.ToString() ? 1 : 0;
            AssertEqual(program, without, fused);
        }

        Assert.True(applied > 0, $"'{name}' applied to no program.");
    }

    [Theory]
    [InlineData("learned")]
    [InlineData("channel")]
    public void Apply_AllPatterns_LeavesNoPassThatTheyReplace(string kind)
    {
        GraphProgram fused = Fuse.Apply(Program(BlockOrder.Post, kind));

        string[] names = [.. fused.Nodes.Select(node => node.Operation.Name).Distinct()];
        Assert.DoesNotContain("ChannelStatisticsBackward", names);
        Assert.DoesNotContain("ResidualStep", names);
        Assert.DoesNotContain("Relu", names);
        Assert.DoesNotContain("ChannelAffine", names);
        Assert.DoesNotContain(fused.Nodes, node => node.Operation is ScaleOp or ChannelScaleOp or AddOp && node.Outputs[0].Shape.Batched);
    }

    [Fact]
    public void Apply_TwoOwnOperationsOfOneName_StayTwo()
    {
        ComputationGraph graph = new();
        Tensor x = graph.Input("x", Shape.Batch(4));
        Tensor sum = Ops.Add(Ops.Apply(new Times(2), x), Ops.Apply(new Times(3), x));

        GraphProgram fused = Fuse.Apply(new GraphProgram(graph, new Dictionary<string, Tensor> { ["y"] = sum }));

        using ReferenceExecutor<double> executor = new(fused, 1);
        executor.Feed("x", [1, 1, 1, 1]);
        executor.Run(1);
        Assert.Equal([5, 5, 5, 5], executor.FetchExact("y").ToArray());
    }

    private static GraphProgram Program(BlockOrder order, string kind, Optimizer? optimizer = null)
    {
        CifarResNet model = new(new CifarResNetOptions
        {
            Depth = 8,
            Order = order,
            Step = CoefficientSpec.Parse($"{kind}:0.4"),
            Skip = CoefficientSpec.Parse($"{kind}:0.8"),
        });
        model.Initialize(6);
        return TrainingGraph.Build(new Sequential(new StochasticDepth(0.3), model), s_images, optimizer);
    }

    private static void AssertEqual(GraphProgram program, GraphProgram without, GraphProgram fused)
    {
        const int N = 5;
        (float[] images, float[] labels) = CpuExecutorTests.Data(N, s_images);
        using ReferenceExecutor<double> expected = new(without, N), defined = new(fused, N);
        // Fused already: the plan must not fuse what this test left out.
        using CpuExecutor kernel = new(new CpuPlan(fused, N, fuse: false), 1, VectorKernels.Select());
        foreach (IExecutor executor in new IExecutor[] { expected, defined, kernel })
        {
            executor.Feed("input", images);
            executor.Feed("labels", labels);
            executor.Run(N);
        }

        foreach ((string name, Tensor tensor) in program.Outputs)
        {
            float[] a = new float[tensor.Shape.Count(N)], b = new float[a.Length], c = new float[a.Length];
            expected.Fetch(name, a);
            defined.Fetch(name, b);
            kernel.Fetch(name, c);
            Assert.True(CpuExecutorTests.RelativeError(a, b, floor: 1e-3) < 1e-6, $"{name}, by definition");
            Assert.True(CpuExecutorTests.RelativeError(a, c, floor: 1e-3) < 2e-4, $"{name}, by kernel");
        }

        foreach (Variable variable in program.Variables)
        {
            float[] a = new float[variable.Shape.ItemCount], b = new float[a.Length], c = new float[a.Length];
            expected.Read(variable, a);
            defined.Read(variable, b);
            kernel.Read(variable, c);
            Assert.True(CpuExecutorTests.RelativeError(a, b, floor: 1e-3) < 1e-6, $"{variable.Name}, by definition");
            Assert.True(CpuExecutorTests.RelativeError(a, c, floor: 1e-3) < 2e-4, $"{variable.Name}, by kernel");
        }
    }

    private sealed class Times(double factor) : ElementwiseOp
    {
        public override T Apply<T>(T x) => x * T.CreateTruncating(factor);

        public override T Derivative<T>(T x) => T.CreateTruncating(factor);
    }
}
