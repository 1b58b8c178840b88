using StepNet.Execution;
using StepNet.Execution.Cpu;
using StepNet.Graph;
using StepNet.Kernels;
using StepNet.Nn;
using StepNet.Optim;
using StepNet.Passes;
using StepNet.Training;

namespace StepNet.Tests.Execution;

/// <summary>A bad step changes nothing, and its replay names where the numbers broke.</summary>
public sealed class FirstBadNodeTests
{
    private const int Items = 6;
    private const int Values = 5 * 5;

    [Theory]
    [InlineData("cpu")]
    [InlineData("reference")]
    public void Find_OperationThatYieldsNaN_NamesModuleLineAndCount(string kind)
    {
        using IExecutor executor = Run(kind, new Net(), out GraphProgram program, marked: 2, out float[] images);

        FirstBadNode bad = Find(program, executor, images)!;

        Assert.Equal(("spoil", 0, 2, 0, Items * Values), (bad.Node.Scope.Path, bad.Output, bad.NaNs, bad.Infinities, bad.Count));
        Assert.Matches(
            @"^spoil \(FirstBadNodeTests\.cs:\d+\): NaNAtMarks gave 2 NaN values of 150; its inputs were finite, up to 1e\+03$", bad.Message);
    }

    [Theory]
    [InlineData("cpu")]
    [InlineData("reference")]
    public void Guard_BadLoss_LeavesVariablesAsTheyWere(string kind)
    {
        Net model = new();
        using IExecutor executor = Run(kind, model, out GraphProgram program, marked: 1, out _);

        Assert.Contains(program.Variables, variable => variable is RunningState);
        Assert.Contains(program.Variables, variable => variable is not RunningState and not Parameter);
        foreach (Variable variable in program.Variables)
        {
            Assert.Equal(variable.Values, Read(executor, variable));
        }
    }

    [Theory]
    [InlineData("cpu")]
    [InlineData("reference")]
    public void Guard_FiniteLoss_UpdatesAllAndFindsNothing(string kind)
    {
        using IExecutor executor = Run(kind, new Net(), out GraphProgram program, marked: 0, out float[] images);

        Assert.All(program.Variables, variable => Assert.NotEqual(variable.Values, Read(executor, variable)));
        Assert.Null(Find(program, executor, images));
    }

    [Fact]
    public void Find_BadVariables_NamesTheFirstByName()
    {
        using IExecutor executor = Run("cpu", new Net(), out GraphProgram program, marked: 0, out float[] images);
        foreach (Variable variable in program.Variables.Where(variable => variable.Name is "linear.weight" or "conv.weight"))
        {
            float[] values = Read(executor, variable);
            (values[0], values[1]) = (float.NaN, float.NegativeInfinity);
            executor.Write(variable, values);
        }

        Assert.Equal(
            "conv.weight held 1 NaN and 1 infinite values of 36 when the step began: the update before it went wrong, not this step",
            Find(program, executor, images)!.Message);
    }

    [Fact]
    public void Find_BadInput_BlamesTheData()
    {
        using IExecutor executor = Run("cpu", new Net(), out GraphProgram program, marked: 0, out float[] images);
        images[7] = float.PositiveInfinity;

        Assert.Equal("input 'input' was fed 1 infinite values of 150: look at the data", Find(program, executor, images)!.Message);
    }

    [Fact]
    public void Guard_NoSuchScalar_SaysWhichThereAre()
    {
        using IExecutor executor = Run("cpu", new Net(), out _, marked: 0, out _);

        ArgumentException e = Assert.Throws<ArgumentException>(() => executor.Guard = "logits");

        Assert.StartsWith("'logits' is no scalar output. Scalars: ", e.Message, StringComparison.Ordinal);
        Assert.Contains("loss", e.Message, StringComparison.Ordinal);
    }

    private static IExecutor Run(string kind, Net model, out GraphProgram program, int marked, out float[] images)
    {
        model.Initialize(1);
        program = TrainingGraph.Build(model, Shape.Of(1, 5, 5), new Sgd());
        images = [.. Compute.Uniform(Items * 25, seed: 3).Select(value => (float)value)];
        for (int i = 0; i < marked; i++)
        {
            images[40 + i] = NaNAtMarks.Mark;
        }

        IExecutor executor = kind == "cpu"
            ? new CpuExecutor(new CpuPlan(program, 8), 2, VectorKernels.Select())
            : new ReferenceExecutor<float>(program, 8);
        executor.Guard = "loss";
        executor.Set(program.Slots.Single(slot => slot.Name == "lr"), 0.1);
        executor.Feed("input", images);
        executor.Feed("labels", [0, 1, 0, 1, 0, 1]);
        executor.Run(Items);
        return executor;
    }

    private static FirstBadNode? Find(GraphProgram program, IExecutor executor, float[] images) =>
        FirstBadNode.Find(
            program,
            executor,
            "loss",
            Items,
            new Dictionary<string, ReadOnlyMemory<float>> { ["input"] = images, ["labels"] = new float[] { 0, 1, 0, 1, 0, 1 } },
            threads: 2);

    private static float[] Read(IExecutor executor, Variable variable)
    {
        float[] values = new float[variable.Shape.ItemCount];
        executor.Read(variable, values);
        return values;
    }

    private sealed class Net : Module
    {
        private readonly Spoil _spoil;
        private readonly Conv2d _conv;
        private readonly BatchNorm2d _norm;
        private readonly Linear _linear;

        internal Net()
        {
            _spoil = Child("spoil", new Spoil());
            _conv = Child("conv", new Conv2d(1, 4, 3));
            _norm = Child("norm", new BatchNorm2d(4));
            _linear = Child("linear", new Linear(4, 2));
        }

        protected override Tensor Forward(Tensor x) =>
            _linear.Apply(Ops.GlobalAveragePool(_norm.Apply(_conv.Apply(_spoil.Apply(x)))));
    }

    private sealed class Spoil : Module
    {
        protected override Tensor Forward(Tensor x) => Ops.Apply(new NaNAtMarks(), x);
    }

    private sealed class NaNAtMarks : ElementwiseOp
    {
        internal const float Mark = 1000;

        public override T Apply<T>(T x) => x == T.CreateChecked(Mark) ? T.NaN : x;

        public override T Derivative<T>(T x) => T.One;
    }
}
