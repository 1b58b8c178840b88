using StepNet.Execution;
using StepNet.Execution.Cpu;
using StepNet.Graph;
using StepNet.Kernels;
using StepNet.Models;
using StepNet.Nn;
using StepNet.Passes;
using StepNet.Tests.Execution;

namespace StepNet.Tests.Passes;

/// <summary>Folding for prediction: nothing that can be folded is left, and every family of networks gives what it gave.</summary>
public sealed class FoldTests
{
    private const int N = 3;

    /// <summary>A network by name, its options, the side of its images or the length of its texts, and convolutions left unfolded.</summary>
    private static readonly (string Name, string[] Options, int Size)[] s_networks =
    [
        ("resnet8", [], 12),
        ("resnet8", ["order=pre"], 12),
        ("resnet8", ["order=pre", "norm=none"], 12),
        ("resnet8", ["norm=none", "step=-0.7", "skip=1.3"], 12),
        ("resnet8", ["shortcut=pad", "step=0.1"], 12),
        ("resnet8", ["step=0.1", "skip=0"], 12),
        ("resnet8", ["step=-0.3", "skip=-1"], 12),
        ("resnet8", ["step=learned:0.3", "skip=learned:0.9@kind"], 12),
        ("resnet8", ["step=channel:0.3@stage", "skip=channel:0.9"], 12),
        ("resnet8", ["order=pre", "step=channel:-0.3", "skip=channel:0.9"], 12),
        ("resnet8", ["drop-path=0.4", "step=normal:0.2"], 12),
        ("adaresnet18", [], 32),
        ("keras-resnet50", [], 16),
        ("text-resnet9", ["skip=0.5"], 64),
        ("text-resnet9", ["order=pre"], 64),
        ("point-resnet5", [], 0),
    ];

    public static TheoryData<int, string> Networks()
    {
        TheoryData<int, string> data = [];
        for (int i = 0; i < s_networks.Length; i++)
        {
            // Every instruction set for the first, whose kernels they are; the others change the graph alone.
            foreach (string path in i == 0 ? new[] { "avx512", "avx2", "portable" } : [""])
            {
                data.Add(i, path);
            }
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(Networks))]
    public void Apply_EveryFamily_KeepsTheOutput(int network, string path)
    {
        if (path.Length > 0)
        {
            CpuExecutorTests.SkipWhereAbsent(path);
        }

        CompiledModel compiled = Compile(network, out float[] items);
        GraphProgram fused = Fuse.Apply(compiled.Program), folded = Fold.Apply(fused);
        float[] expected = Output(new CpuExecutor(new CpuPlan(compiled.Program, N, fuse: false), 1, VectorKernels.Select(path)), compiled, items);
        float[] actual = Output(new CpuExecutor(new CpuPlan(compiled.Program, N), 2, VectorKernels.Select(path)), compiled, items);

        AssertClose(expected, actual, 1e-5);
        if (path.Length == 0 && items.Length < 5000)
        {
            // By definition in double nothing is left but rounding: what is folded is the same function.
            AssertClose(
                Output(new ReferenceExecutor<double>(fused, N), compiled, items),
                Output(new ReferenceExecutor<double>(folded, N), compiled, items), 2e-7);
        }
    }

    [Theory]
    [InlineData("post", "batch")]
    [InlineData("pre", "batch")]
    [InlineData("post", "none")]
    public void Apply_CifarNetwork_LeavesNothingBehindAConvolution(string order, string norm)
    {
        ResNetOptions options = ModelCatalog.Options("resnet20").With("order", order).With("norm", norm).With("step", "learned:0.1");
        GraphProgram folded = Fold.Apply(Fuse.Apply(options.Create().Compile(Shape.Of(3, 32, 32)).Program));

        Node[] batched = [.. folded.Nodes.Where(node => node.Outputs[0].Shape.Batched)];
        // The first convolution of a network in pre order is read twice, by the first branch and its shortcut.
        Assert.Equal(order == "pre" ? 1 : 0, batched.Count(node => node.Operation is Conv2dOp));
        Assert.DoesNotContain(batched, node => node.Operation is CombineOp or ResidualStepOp or ChannelAffineOp or ReluOp);
        // In front of a convolution, behind a sum, the norm cannot be folded: zeros over the edge would become its shift.
        int behindSums = order == "pre" && norm == "batch" ? 10 : 0;
        Assert.Equal(behindSums, batched.Count(node => node.Operation is AffineReluOp));
        Assert.Equal(9, batched.Count(node => node.Operation is FoldedConvOp { Shortcut: true }));
    }

    [Fact]
    public void Apply_TrainingProgram_IsLeftAlone()
    {
        GraphProgram program = Fuse.Apply(CpuBatchAndThreadTests.Program(out _, out _));
        Assert.Same(program, Fold.Apply(program));
    }

    [Fact]
    public void Apply_ConvolutionThatIsAnOutput_StaysPlain()
    {
        ComputationGraph graph = new();
        Tensor conv = Ops.Conv2d(
            graph.Input("x", Shape.Batch(3, 6, 6)), graph.Read(new Variable("w", Shape.Of(16, 3, 3, 3))), 1, Padding.All(1));
        Tensor y = Ops.Relu(Ops.ChannelBias(conv, graph.Read(new Variable("b", Shape.Of(16)))));

        GraphProgram folded = Fold.Apply(Fuse.Apply(new GraphProgram(graph, new Dictionary<string, Tensor> { ["conv"] = conv, ["y"] = y })));

        Assert.DoesNotContain(folded.Nodes, node => node.Operation is FoldedConvOp);
    }

    /// <summary>Folded weights are worked out once: a variable or a slot that is set later must show all the same.</summary>
    [Fact]
    public void Executor_VariableOrSlotSetBetweenRuns_FoldsAnew()
    {
        CifarResNet model = new(new CifarResNetOptions { Depth = 8, Step = 0.3, Skip = CoefficientSpec.LearnedFrom(0.9) });
        model.Initialize(4);
        CompiledModel compiled = model.Compile(Shape.Of(3, 12, 12));
        float[] items = CpuExecutorTests.Data(N, Shape.Of(3, 12, 12)).Images;
        using CpuExecutor executor = new(new CpuPlan(compiled.Program, N), 1, VectorKernels.Select());
        float[] before = Run(executor, compiled, items);

        Slot step = compiled.Program.Slots.First();
        executor.Set(step, -0.6);
        float[] slot = Run(executor, compiled, items);
        executor.Set(step, 0.3);
        Assert.Equal(before, Run(executor, compiled, items));
        Assert.NotEqual(before, slot);

        foreach (Variable variable in compiled.Program.Variables.Where((_, i) => i % 4 == 1))
        {
            float[] values = [.. variable.Values.Select(value => (value * 1.25f) + 0.01f)];
            executor.Write(variable, values);
            float[] changed = Run(executor, compiled, items);
            Assert.True(!before.SequenceEqual(changed), $"{variable.Name} was written to no effect");
            values.CopyTo(variable.Values, 0);
            using CpuExecutor fresh = new(new CpuPlan(compiled.Program, N), 1, VectorKernels.Select());
            Assert.Equal(Run(fresh, compiled, items), changed);
            before = changed;
        }
    }

    [Fact]
    public void ModuleRun_ParametersChangedInPlace_UsesThem()
    {
        CifarResNet model = new(new CifarResNetOptions { Depth = 8 });
        model.Initialize(4);
        NdArray items = new(CpuExecutorTests.Data(2, Shape.Of(3, 12, 12)).Images, [2, 3, 12, 12]);
        float[] first = [.. model.Run(items).Values];
        Assert.Equal(first, model.Run(items).Values);

        model.Parameters.First().Values[3] += 0.5f;

        Assert.NotEqual(first, model.Run(items).Values);
    }

    /// <summary>One item is shared out over threads by rows, tiles or channels: the numbers do not depend on how.</summary>
    [Theory]
    [InlineData("resnet8", 32)]
    [InlineData("adaresnet18", 32)]
    [InlineData("text-resnet9", 64)]
    public void Executor_FewItemsOnAnyNumberOfThreads_GivesTheSameBits(string name, int size)
    {
        ResNetOptions options = ModelCatalog.Options(name);
        Shape item = options.Item.Dims.Length > 1 ? Shape.Of(3, size, size) : Shape.Of(size);
        CompiledModel compiled = Randomised(options.For(item, 10)).Compile(item);
        float[] items = Items(item, 2, options);
        float[] one = Output(new CpuExecutor(new CpuPlan(compiled.Program, 2), 1, VectorKernels.Select()), compiled, items, 2);
        foreach (int threads in new[] { 2, 3, 4 })
        {
            Assert.Equal(one, Output(new CpuExecutor(new CpuPlan(compiled.Program, 2), threads, VectorKernels.Select()), compiled, items, 2));
        }
    }

    private static CompiledModel Compile(int network, out float[] items)
    {
        (string name, string[] words, int size) = s_networks[network];
        ResNetOptions options = words.Aggregate(ModelCatalog.Options(name), (o, word) => o.With(word.Split('=')[0], word.Split('=')[1]));
        Shape item = options.Item.Dims.Length > 1 ? Shape.Of(3, size, size) : size > 0 ? Shape.Of(size) : options.Item;
        options = options.For(item, 10);
        items = Items(item, N, options);
        return Randomised(options).Compile(item);
    }

    /// <summary>Norms as a trained network has them: scales, shifts and statistics that differ by channel.</summary>
    private static Module Randomised(ResNetOptions options)
    {
        Module model = options.Create();
        model.Initialize(3);
        foreach (Variable variable in model.State.Where(v => v.Shape.Dims.Length == 1))
        {
            CounterRandom random = new(5, CounterRandom.KeyOf(variable.Name));
            foreach (ref float value in variable.Values.AsSpan())
            {
                value += (float)random.NextUniform(-0.3, 0.3);
            }
        }

        return model;
    }

    private static float[] Items(Shape item, int n, ResNetOptions options)
    {
        float[] items = CpuExecutorTests.Data(n, item).Images;
        return options is TextResNetOptions text ? [.. items.Select((_, i) => (float)(i * 7 % text.Vocabulary))] : items;
    }

    private static float[] Output(IExecutor executor, CompiledModel compiled, float[] items, int n = N)
    {
        using (executor)
        {
            return Run(executor, compiled, items, n);
        }
    }

    private static float[] Run(IExecutor executor, CompiledModel compiled, float[] items, int n = N)
    {
        executor.Feed("input", items);
        executor.Run(n);
        float[] output = new float[compiled.OutputShape.Count(n)];
        executor.Fetch("output", output);
        return output;
    }

    private static void AssertClose(float[] expected, float[] actual, double tolerance)
    {
        double largest = expected.Max(Math.Abs);
        double error = Compute.LargestDifference([.. expected.Select(value => (double)value)], actual) / largest;
        Assert.True(largest > 0 && error < tolerance, $"largest error {error:g3} of the largest value {largest:g3}");
    }
}
