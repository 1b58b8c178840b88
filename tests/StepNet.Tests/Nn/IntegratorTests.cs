using StepNet.Execution;
using StepNet.Experiments.Dynamics;
using StepNet.Graph;
using StepNet.Models;
using StepNet.Nn;
using StepNet.Passes;
using StepNet.Training;

namespace StepNet.Tests.Nn;

public sealed class IntegratorTests
{
    public static TheoryData<Integrator, double> Orders => new()
    {
        { Integrator.Euler, 2 }, { Integrator.Midpoint, 4 }, { Integrator.Heun, 4 }, { Integrator.Rk4, 16 },
    };

    public static TheoryData<Integrator> Methods => [Integrator.Euler, Integrator.Midpoint, Integrator.Heun, Integrator.Rk4];

    /// <summary>D blocks of step 2 / D that share a smooth F, in double: how far they are from the flow of x' = F(x).</summary>
    [Theory]
    [MemberData(nameof(Orders))]
    public void Blocks_HalfTheStepAndTwiceAsMany_HaveTheOrdersErrorLess(Integrator method, double factor)
    {
        Sequential branch = new(new Linear(3, 5), new Tanh(), new Linear(5, 3));
        branch.Initialize(3);
        double[] start = Compute.Uniform(3, seed: 5);
        Func<double[], double[]> f = Numbers(branch, 3);
        double[] exact = start;
        for (int i = 0; i < 2000; i++)
        {
            exact = ButcherTableau.Of(Integrator.Rk4).Step(f, exact, 2.0 / 2000);
        }

        double Error(int blocks)
        {
            double[] x = Numbers(Chain(branch, method, blocks, 2.0 / blocks), 3)(start);
            return Math.Sqrt(x.Zip(exact, (a, b) => (a - b) * (a - b)).Sum());
        }

        Assert.Equal(1, Error(16) / Error(32) / factor, tolerance: 0.1);
        Assert.Equal(1, Error(32) / Error(64) / factor, tolerance: 0.05);
    }

    [Theory]
    [MemberData(nameof(Methods))]
    public void Blocks_LinearBranch_AreTheMethodsOwnTrajectory(Integrator method)
    {
        Linear branch = new(2, 2);
        branch.Initialize(1);
        branch.Bias.Values.AsSpan().Clear();
        float[] w = branch.Weight.Values;
        LinearSystem system = new(new double[,] { { w[0], w[1] }, { w[2], w[3] } });

        double[] x = Numbers(Chain(branch, method, blocks: 7, h: 0.25), 2)([0.3, -0.8]);

        Compute.AssertClose([.. system.Trajectory(method, [0.3, -0.8], 0.25, 7)[^1].State], x, 1e-12);
    }

    [Theory]
    [MemberData(nameof(Methods))]
    public void Block_SkipWeightAndRelu_StandAtTheSumAlone(Integrator method)
    {
        Linear branch = new(4, 4);
        branch.Initialize(2);
        ResidualBlock block = new(branch, 0.5, 0.3, Activation.Relu, integrator: method);
        double[] x = Compute.Uniform(4, seed: 8);

        double[] y = Numbers(block, 4)(x), whole = ButcherTableau.Of(method).Step(Numbers(branch, 4), x, 0.3);

        // s x + (step(x) - x): the step is that of x' = F(x), whatever s is.
        Compute.AssertClose([.. x.Zip(whole, (v, w) => Math.Max(0, (0.5 * v) + (w - v)))], y, 1e-12);
    }

    [Theory]
    [MemberData(nameof(Methods))]
    public void Block_BatchNormAndLearnedCoefficients_GradientsMatchDifferences(Integrator method)
    {
        CoefficientSpec h = CoefficientSpec.Parse("channel:0.7"), s = CoefficientSpec.LearnedFrom(0.6);
        GradientCheck.Module(
            new ResidualBlock(
                new BasicBranch(2, 2, 1, BlockOrder.Post, Normalization.Batch), s.Create(), h.Create(channels: 2), integrator: method),
            Shape.Of(2, 3, 4));
        GradientCheck.Module(
            new Sequential(
                new ResidualBlock(new Sequential(new Linear(3, 4), new Tanh(), new Linear(4, 3)), s.Create(), CoefficientSpec.LearnedFrom(0.4).Create(),
                    Activation.Identity, integrator: method),
                new Linear(3, 2)),
            Shape.Of(3));
    }

    [Theory]
    [MemberData(nameof(Methods))]
    public void Step_CpuExecutor_IsTheReferencesStep(Integrator method)
    {
        // Batch norm in two phases an evaluation, learned h and s, a projection and dropped branches between.
        CifarResNet model = new(new CifarResNetOptions
        {
            Depth = 14,
            Classes = 3,
            Width = 4,
            Step = CoefficientSpec.Parse("learned:0.4"),
            Skip = CoefficientSpec.Parse("channel:0.9"),
            Integrator = method,
            DropPath = 0.3,
        });
        model.Initialize(4);
        GraphProgram program = TrainingGraph.Build(model, Shape.Of(3, 8, 8), null);
        using ReferenceExecutor<double> reference = new(program, 10);
        using IExecutor cpu = Executors.Create(program, 10, threads: 2);
        float[] images = [.. Compute.Uniform(10 * 192, seed: 6).Select(value => (float)value)], labels = [.. Enumerable.Range(0, 10).Select(i => i % 3f)];
        foreach (IExecutor executor in (IExecutor[])[reference, cpu])
        {
            executor.Feed("input", images);
            executor.Feed("labels", labels);
            executor.Run(10);
        }

        foreach (string name in program.Outputs.Keys)
        {
            float[] values = new float[program.Outputs[name].Shape.Count(10)];
            cpu.Fetch(name, values);
            double[] expected = reference.FetchExact(name).ToArray();
            double scale = Math.Max(1e-3, Math.Sqrt(expected.Sum(value => value * value)));
            double error = Math.Sqrt(expected.Zip(values, (e, v) => (e - v) * (e - v)).Sum());
            Assert.True(error < 2e-3 * scale, $"{name}: {error:g3} of {scale:g3}");
        }

        foreach (RunningState state in program.Variables.OfType<RunningState>())
        {
            float[] values = new float[state.Shape.ItemCount];
            cpu.Read(state, values);
            Compute.AssertClose(reference.Exact(state).ToArray(), [.. values.Select(value => (double)value)], 1e-4);
        }
    }

    [Fact]
    public void BatchNorm_EveryEvaluation_HasStatisticsOfItsOwn()
    {
        CifarResNet euler = new(new CifarResNetOptions { Depth = 8 }), rk4 = new(new CifarResNetOptions { Depth = 8, Integrator = Integrator.Rk4 });

        Assert.Equal(euler.Parameters.Select(p => p.Name), rk4.Parameters.Select(p => p.Name));
        Assert.Equal(
            ["layer1.0.bn1.running_mean", "layer1.0.bn1.running_mean_2", "layer1.0.bn1.running_mean_3", "layer1.0.bn1.running_mean_4"],
            rk4.State.Select(v => v.Name).Where(name => name.StartsWith("layer1.0.bn1.running_mean", StringComparison.Ordinal)));

        // The projection blocks of the other stages, and all that is no block, have those of one evaluation.
        Assert.Equal(euler.State.Count() + (2 * 3 * 2), rk4.State.Count());
        Assert.All(rk4.Blocks, block => Assert.Equal(block.Shortcut is null ? Integrator.Rk4 : Integrator.Euler, block.Integrator));
    }

    [Fact]
    public void BatchNorm_InPrediction_TakesTheStatisticsOfItsEvaluation()
    {
        // F is a norm alone: k_2 = norm_2(x + h norm_1(x)), and the statistics of the two differ.
        BatchNorm2d norm = new(1, epsilon: 0);
        ResidualBlock block = new(norm, 1, 0.5, Activation.Identity, integrator: Integrator.Heun);
        foreach (RunningState state in block.State.OfType<RunningState>())
        {
            state.Values[0] = state.Name switch { "running_mean" => 1, "running_var" => 4, "running_mean_2" => 3, _ => 16 };
        }

        double first = (5.0 - 1) / 2, second = (5 + (0.5 * first) - 3) / 4;

        Assert.Equal(5 + (0.5 * (first + second) / 2), Numbers(block, 1)([5])[0], tolerance: 1e-6);
    }

    [Fact]
    public void BatchNorm_BlockInsideABranch_CountsThrough()
    {
        ResidualBlock inner = new(new BatchNorm2d(2), 1, 0.5, integrator: Integrator.Heun);
        ResidualBlock outer = new(inner, 1, 0.5, integrator: Integrator.Midpoint);

        Assert.Equal(2 * 2 * 2, outer.State.OfType<RunningState>().Count());
        GradientCheck.Module(outer, Shape.Of(2));
    }

    [Fact]
    public void Constructor_SeveralEvaluationsBesideAShortcut_SaysWhy()
    {
        ArgumentException e = Assert.Throws<ArgumentException>(
            () => new ResidualBlock(new Linear(2, 3), 1, 1, shortcut: new Linear(2, 3), integrator: Integrator.Heun));

        Assert.Contains("a block with a shortcut of its own takes Euler's step", e.Message, StringComparison.Ordinal);
    }

    private static Sequential Chain(Module branch, Integrator method, int blocks, double h) => new(
        [.. Enumerable.Range(0, blocks).Select(_ => new ResidualBlock(branch, 1, h, Activation.Identity, integrator: method))]);

    /// <summary>A module of vectors as a function of numbers, in double and in prediction.</summary>
    private static Func<double[], double[]> Numbers(Module module, int size)
    {
        Tensor y = Tracer.Trace(module, Shape.Of(size), training: false);
        ReferenceExecutor<double> executor = new(new GraphProgram(y.Graph, new Dictionary<string, Tensor> { ["y"] = y }), 1);
        return x =>
        {
            executor.FeedExact("input", x);
            executor.Run(1);
            return executor.FetchExact("y").ToArray();
        };
    }

    private sealed class Tanh : Module
    {
        protected override Tensor Forward(Tensor x) => Ops.Apply(new TanhOp(), x);
    }

    private sealed class TanhOp : ElementwiseOp
    {
        public override T Apply<T>(T x) => T.Tanh(x);

        public override T Derivative<T>(T x) => T.One - (T.Tanh(x) * T.Tanh(x));
    }
}
