using StepNet.Graph;
using StepNet.Models;
using StepNet.Nn;
using StepNet.Passes;
using StepNet.Training;

namespace StepNet.Tests.Models;

public sealed class TextRnnTests
{
    [Theory]
    [InlineData(Integrator.Euler, Normalization.None)]
    [InlineData(Integrator.Rk4, Normalization.None)]
    [InlineData(Integrator.Euler, Normalization.Batch)]
    [InlineData(Integrator.Heun, Normalization.Batch)]
    public void Network_OneCellForAllSteps_GradientsMatchDifferences(Integrator method, Normalization norm)
    {
        TextRnnOptions options = new()
        {
            Steps = 4,
            Length = 5,
            Width = 3,
            Vocabulary = 6,
            Norm = norm,
            Integrator = method,
            Step = CoefficientSpec.LearnedFrom(0.4),
            Skip = CoefficientSpec.Parse("channel:0.9"),
        };

        GradientCheck.Module(new OfNumbers(new TextRnn(options)), Shape.Of(5), n: 4);
    }

    [Fact]
    public void Network_Parameters_AreThereOnceWhateverTheSteps()
    {
        Module few = Create(2, Normalization.None), many = Create(50, Normalization.None);

        Assert.Equal(
            ["embedding.weight", "input.weight", "cell.linear1.weight", "cell.linear1.bias", "cell.linear2.weight", "cell.linear2.bias",
                "linear.weight", "linear.bias"],
            few.State.Select(variable => variable.Name));
        Assert.Equal(few.ParameterCount, many.ParameterCount);
    }

    [Fact]
    public void BatchNorm_EveryStep_HasStatisticsOfItsOwn()
    {
        Module model = Create(3, Normalization.Batch);

        Assert.Equal(2 * 2 * 3, model.State.OfType<RunningState>().Count());
        Assert.Contains(model.State, variable => variable.Name == "cell.bn2.running_var_3");
    }

    [Fact]
    public void Step_ByTheNumberOfSteps_IsDividedByIt()
    {
        Module model = (ModelCatalog.Options("text-rnn16") with { Step = CoefficientSpec.Parse("1/L") }).Create();

        Assert.Equal(1.0 / 16, model.Modules.OfType<ResidualBlock>().Single().Step.Value, tolerance: 1e-12);
    }

    [Fact]
    public void TrainingGraph_OfAllSteps_IsOnePhaseForwardAndBack()
    {
        GraphProgram program = TrainingGraph.Build(Create(128, Normalization.None), Shape.Of(128), new StepNet.Optim.Sgd());

        // Statistics of the batch would cut it; a cell without them keeps an item's whole way in the cache.
        Assert.InRange(StepNet.Execution.ProgramInspection.Of(program, 64).Phases.Count, 1, 4);
    }

    [Fact]
    public void Create_StochasticDepth_IsRefused()
    {
        ArgumentException e = Assert.Throws<ArgumentException>(() => new TextRnn(new TextRnnOptions { DropPath = 0.1 }));

        Assert.Contains("text-rnn128 has no stochastic depth", e.Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => ModelCatalog.Options("text-rnn8").With("drop-path", "0.1"));
    }

    [Fact]
    public void For_TextsThatEndBefore_SaysHowManyItReads()
    {
        ArgumentException e = Assert.Throws<ArgumentException>(() => ModelCatalog.Options("text-rnn128").For(Shape.Of(57), 4));

        Assert.Equal("text-rnn128 reads 128 characters, and the texts have 57. Choose text-rnn57, or a greater --length.", e.Message);
    }

    private static Module Create(int steps, Normalization norm) =>
        new TextRnn(new TextRnnOptions { Steps = steps, Length = Math.Max(steps, 8), Width = 12, Norm = norm });

    /// <summary>The network on ids that are worked out from the input, which has no gradient then.</summary>
    private sealed class OfNumbers : Module
    {
        private readonly Module _network;

        public OfNumbers(Module network) => _network = Child("", network);

        protected override Tensor Forward(Tensor x) => _network.Apply(Ops.Apply(new ToId(), x));
    }

    private sealed class ToId : ElementwiseOp
    {
        public override T Apply<T>(T x) => T.Floor((x + T.One) * T.CreateTruncating(2.999));

        public override T Derivative<T>(T x) => T.Zero;
    }
}
