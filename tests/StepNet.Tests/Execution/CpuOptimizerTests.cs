using StepNet.Execution;
using StepNet.Execution.Cpu;
using StepNet.Graph;
using StepNet.Kernels;
using StepNet.Nn;
using StepNet.Optim;
using StepNet.Passes;
using StepNet.Training;

namespace StepNet.Tests.Execution;

/// <summary>Every optimiser in a training step: the CPU's values against the reference's, on every path and number of threads.</summary>
public sealed class CpuOptimizerTests
{
    private const int N = 20;

    private static readonly (string Name, Func<Optimizer> Create)[] s_optimizers =
    [
        ("sgd", () => new Sgd(0.9, 1e-3)),
        ("sgd, clipped by norm", () => new Sgd(0.9, 1e-3) { ClipNorm = 0.1 }),
        ("sgd, nesterov, clipped by value", () => new Sgd(0.9, 1e-3, nesterov: true) { ClipValue = 0.01 }),
        ("adam", () => new Adam(weightDecay: 1e-3, epsilon: 1e-3)),
        ("adamw, clipped both ways", () => new AdamW(epsilon: 1e-3) { ClipNorm = 0.1, ClipValue = 0.01 }),
        ("rmsprop", () => new RmsProp(epsilon: 1e-3, weightDecay: 1e-3)),
        ("rmsprop with momentum, clipped by norm", () => new RmsProp(epsilon: 1e-3, momentum: 0.5) { ClipNorm = 0.1 }),
    ];

    public static TheoryData<string, string> OptimizersAndPaths()
    {
        TheoryData<string, string> data = [];
        foreach ((string name, _) in s_optimizers)
        {
            foreach (string path in new[] { "avx512", "avx2", "portable" })
            {
                data.Add(name, path);
            }
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(OptimizersAndPaths))]
    public void Step_OnEveryPath_IsThatOfTheReferenceOnAnyNumberOfThreads(string name, string path)
    {
        CpuExecutorTests.SkipWhereAbsent(path);
        GraphProgram program = SmallNetworks.Step("images", s_optimizers.Single(o => o.Name == name).Create(), out _);
        CpuPlan plan = new(program, N);
        float[] reference = Train(program, new ReferenceExecutor<double>(program, N));
        float[] one = Train(program, new CpuExecutor(plan, 1, VectorKernels.Select(path)));

        // Parameters, running state, the optimiser's memory and its count of steps.
        double error = CpuExecutorTests.RelativeError(reference, one);
        Assert.True(error < 1e-4, $"relative error {error:g3}");
        Assert.Equal(one, Train(program, new CpuExecutor(plan, 3, VectorKernels.Select(path))));
    }

    [Fact]
    public void Step_WideWeightsClipped_IsThatOfTheReferenceOnAnyNumberOfThreads()
    {
        Sequential model = new(new Flatten(), new Linear(120, 2600), new Linear(2600, 3));
        model.Initialize(3);
        GraphProgram program = TrainingGraph.Build(model, Shape.Of(4, 6, 5), new Adam(epsilon: 1e-3) { ClipNorm = 0.1 });
        Assert.Contains(program.Nodes, node => node.Operation is LinearBackwardWeightsOp && Phases.KindOf(node) == Locality.Batch);
        CpuPlan plan = new(program, N);

        float[] one = Train(program, new CpuExecutor(plan, 1, VectorKernels.Select()));

        double error = CpuExecutorTests.RelativeError(Train(program, new ReferenceExecutor<float>(program, N)), one);
        Assert.True(error < 1e-4, $"relative error {error:g3}");
        Assert.Equal(one, Train(program, new CpuExecutor(plan, 3, VectorKernels.Select())));
    }

    [Fact]
    public void Plan_ClippedByNorm_ReducesInThePhaseBeforeTheUpdates()
    {
        GraphProgram program = SmallNetworks.Step("images", new Adam { ClipNorm = 1 }, out _);

        CpuPlan plan = new(program, N);

        Assert.Equal([typeof(FiniteGuardStep), typeof(GradientNormStep)], plan.Phases[^2].Plain.Unbatched.Select(step => step.GetType()));
        Assert.Equal(program.Updates.Count(update => update.Variable is Parameter), plan.Phases[^1].Plain.Unbatched.OfType<UpdateStep>().Count());
        Assert.DoesNotContain(plan.Program.Nodes, node => node.Operation is ClipGradientOp);
    }

    [Fact]
    public void Step_LossOutOfBounds_IsNotCounted()
    {
        GraphProgram program = SmallNetworks.Step("images", new Adam(), out _);
        using CpuExecutor cpu = new(new CpuPlan(program, N), 1, VectorKernels.Select()) { Guard = "loss" };
        float[] input = SmallNetworks.Data("images", N), bad = [.. input];
        bad[7] = float.NaN;
        foreach (float[] images in new[] { input, bad, input })
        {
            cpu.Feed("input", images);
            cpu.Feed("labels", SmallNetworks.Labels(N));
            cpu.Run(N);
        }

        float[] steps = [0];
        cpu.Read(program.Variables.Single(variable => variable.Name == "optimizer.steps"), steps);
        Assert.Equal([2], steps);
    }

    private static float[] Train(GraphProgram program, IExecutor executor)
    {
        using (executor)
        {
            for (int step = 0; step < 3; step++)
            {
                executor.Set(program.Slots.Single(), 0.01);
                executor.Feed("input", SmallNetworks.Data("images", N));
                executor.Feed("labels", SmallNetworks.Labels(N));
                executor.Run(N);
            }

            List<float> values = [];
            foreach (Variable variable in program.Variables)
            {
                float[] read = new float[variable.Shape.ItemCount];
                executor.Read(variable, read);
                values.AddRange(read);
            }

            return [.. values];
        }
    }
}
