using StepNet.Execution;
using StepNet.Graph;
using StepNet.Models;
using StepNet.Nn;
using StepNet.Optim;
using StepNet.Passes;
using StepNet.Training;

namespace StepNet.Tests.Nn;

public sealed class ResidualBlockTests
{
    [Theory]
    [InlineData(Activation.Relu, 2.0)]
    [InlineData(Activation.Identity, -0.5)]
    public void Forward_StepZero_IsActivationOfSkipTimesShortcut(Activation activation, double s)
    {
        ResidualBlock block = new(
            new BasicBranch(2, 2, 1, BlockOrder.Post, Normalization.Batch), Fixed(s), Fixed(0), activation);
        double[] x = Compute.Uniform(2 * 2 * 9, seed: 1);

        double[] y = Predict(block, Shape.Of(2, 3, 3), x, n: 2);

        Compute.AssertClose([.. x.Select(v => activation == Activation.Relu ? Math.Max(s * v, 0) : s * v)], y);
    }

    [Fact]
    public void Forward_StepZeroWithPadShortcut_IsTheShortcut()
    {
        ResidualBlock block = new(
            new BasicBranch(1, 3, 2, BlockOrder.Post, Normalization.None), Fixed(1), Fixed(0), Activation.Identity, new PadShortcut(2, 3));

        double[] y = Predict(block, Shape.Of(1, 3, 3), [1, 2, 3, 4, 5, 6, 7, 8, 9], n: 1);

        Assert.Equal([0, 0, 0, 0, 1, 3, 7, 9, 0, 0, 0, 0], y);
    }

    [Theory]
    [InlineData(false, false)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(true, true)]
    public void Forward_SkipAndStepOne_IsThePlainResNetWrittenOut(bool training, bool learned)
    {
        CoefficientSpec one = learned ? CoefficientSpec.LearnedFrom(1) : 1;
        CifarResNet model = new(new CifarResNetOptions { Depth = 8, Skip = one, Step = one });
        model.Initialize(5);
        Tensor logits = Tracer.Trace(model, Shape.Of(3, 8, 8), training);
        ComputationGraph plain = new(training);
        Tensor plainLogits = PlainResNet8(
            plain.Input("input", Shape.Batch(3, 8, 8)), model.State.ToDictionary(variable => variable.Name), training);
        double[] x = Compute.Uniform(3 * 3 * 64, seed: 2);

        Compute.AssertClose(Run(plainLogits, x, n: 3), Run(logits, x, n: 3));
    }

    [Fact]
    public void Set_HundredRatesAndSteps_ChangeTheRunsWithoutANewTrace()
    {
        CifarResNet model = new(new CifarResNetOptions { Depth = 8, Classes = 3 });
        Counting counting = new(model);
        Sgd optimizer = new();
        GraphProgram program = TrainingGraph.Build(counting, Shape.Of(3, 4, 4), optimizer);
        int traces = counting.Traces;
        using ReferenceExecutor<double> executor = new(program, 2);
        executor.FeedExact("input", Compute.Uniform(2 * 3 * 16, seed: 1));
        executor.FeedExact("labels", [0, 2]);

        HashSet<double> losses = [];
        for (int i = 0; i < 100; i++)
        {
            executor.Set(optimizer.LearningRate, 1e-4 * i);
            foreach (ResidualBlock block in model.Blocks)
            {
                executor.Set(block.Step.Slot!, 0.01 * i);
            }

            executor.Run(2);
            losses.Add(executor.FetchExact("loss")[0]);
        }

        Assert.Equal(traces, counting.Traces);
        Assert.Equal(100, losses.Count);
    }

    [Fact]
    public void Set_StepOfOneBlock_MovesTheOutputByHTimesF()
    {
        ResidualBlock block = new(new Conv2d(1, 1, 1), Fixed(1), Fixed(0.5), Activation.Identity);
        block.Initialize(3);
        Tensor y = Tracer.Trace(block, Shape.Of(1, 1, 1), training: false);
        using ReferenceExecutor<double> executor = Executor(y, 1);
        executor.FeedExact("input", [2]);
        double w = block.Parameters.Single().Values[0];

        foreach (double h in (double[])[0.5, 0, -1, 0.1])
        {
            executor.Set(block.Step.Slot!, h);
            executor.Run(1);
            Assert.Equal(2 + (h * 2 * w), executor.FetchExact("y")[0], tolerance: 1e-12);
        }
    }

    [Fact]
    public void Forward_BranchChangesTheShape_NamesBlockAndRemedy()
    {
        Sequential model = new(new ResidualBlock(new Conv2d(3, 8, 3), Fixed(1), Fixed(1)));

        ShapeMismatchException e = Assert.Throws<ShapeMismatchException>(() => model.Compile(Shape.Of(3, 8, 8)));

        Assert.Contains("ResidualBlock '0': the branch returned [N, 8, 8, 8], the shortcut [N, 3, 8, 8]", e.Message, StringComparison.Ordinal);
        Assert.Contains("give a shortcut", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Coefficient_SharedByBlocks_IsOneParameterOfTheFirstName()
    {
        Coefficient step = CoefficientSpec.LearnedFrom(0.1).Create();
        Sequential model = new(
            new ResidualBlock(new Conv2d(1, 1, 3), Fixed(1), step), new ResidualBlock(new Conv2d(1, 1, 3), Fixed(1), step));

        Assert.Equal(["0.weight", "0.step", "1.weight"], model.Parameters.Select(parameter => parameter.Name));
        Assert.Equal("0.skip", model.Modules.OfType<ResidualBlock>().First().Skip.Slot!.Name);
        Assert.Equal(0.1, step.Value, tolerance: 1e-7);
        Assert.Equal(ParameterKind.Coefficient, step.Trained!.Kind);
    }

    /// <summary>He et al.'s network of depth 8, in primitive operations alone and parameters by name.</summary>
    private static Tensor PlainResNet8(Tensor x, Dictionary<string, Variable> state, bool training)
    {
        x = Ops.Relu(Norm("bn1", Conv("conv1", x, 1)));
        for (int stage = 1; stage <= 3; stage++)
        {
            string block = $"layer{stage}.0";
            int stride = stage == 1 ? 1 : 2;
            Tensor f = Norm($"{block}.bn2", Conv($"{block}.conv2", Ops.Relu(Norm($"{block}.bn1", Conv($"{block}.conv1", x, stride))), 1));
            Tensor shortcut = stage == 1 ? x
                : Norm($"{block}.shortcut.1", Ops.Conv2d(x, Read($"{block}.shortcut.0.weight"), stride, default));
            x = Ops.Relu(Ops.Add(shortcut, f));
        }

        return Ops.ChannelBias(Ops.Linear(Ops.GlobalAveragePool(x), Read("linear.weight")), Read("linear.bias"));

        Tensor Read(string name) => x.Graph.Read(state[name]);

        Tensor Conv(string name, Tensor t, int stride) => Ops.Conv2d(t, Read($"{name}.weight"), stride, Padding.All(1));

        Tensor Norm(string name, Tensor t)
        {
            (Tensor mean, Tensor variance) = training
                ? Ops.ChannelStatistics(t) : (Read($"{name}.running_mean"), Read($"{name}.running_var"));
            (Tensor a, Tensor b) = Ops.NormCoefficients(mean, variance, Read($"{name}.weight"), Read($"{name}.bias"), 1e-5);
            return Ops.ChannelAffine(t, a, b);
        }
    }

    private static Coefficient Fixed(double value) => new CoefficientSpec(value).Create();

    private static double[] Predict(Module module, Shape itemShape, double[] x, int n) =>
        Run(Tracer.Trace(module, itemShape, training: false), x, n);

    private static double[] Run(Tensor y, double[] x, int n)
    {
        using ReferenceExecutor<double> executor = Executor(y, n);
        executor.FeedExact("input", x);
        executor.Run(n);
        return executor.FetchExact("y").ToArray();
    }

    private static ReferenceExecutor<double> Executor(Tensor y, int maxBatch) =>
        new(new GraphProgram(y.Graph, new Dictionary<string, Tensor> { ["y"] = y }), maxBatch);

    private sealed class Counting : Module
    {
        private readonly Module _inner;

        public Counting(Module inner) => _inner = Child("inner", inner);

        public int Traces { get; private set; }

        protected override Tensor Forward(Tensor x)
        {
            Traces++;
            return _inner.Apply(x);
        }
    }
}
