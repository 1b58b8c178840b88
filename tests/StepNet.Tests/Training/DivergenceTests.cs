using StepNet.Execution;
using StepNet.Graph;
using StepNet.Nn;
using StepNet.Optim;
using StepNet.Passes;
using StepNet.Training;

namespace StepNet.Tests.Training;

public sealed class DivergenceTests
{
    private static readonly TrainingOptions s_options =
        new() { Epochs = 4, BatchSize = 8, Threads = 1, Schedule = new ConstantSchedule(0.2) };

    [Theory]
    [InlineData("cpu")]
    [InlineData("reference")]
    public void Guard_GradientAloneIsNotFinite_LeavesTheUpdateOut(string executor)
    {
        PoisonedNet model = new();
        GraphProgram program = TrainingGraph.Build(model, Shape.Of(1, 4, 4), new Sgd());
        using IExecutor step = executor == "cpu" ? Executors.Create(program, 2, 1) : new ReferenceExecutor<float>(program, 2);
        step.Guard = "guard";
        step.Feed("input", Enumerable.Repeat(1f, 32).ToArray());
        step.Feed("labels", [0f, 1f]);
        step.Run(2);

        float loss = 0, guard = 0;
        step.Fetch("loss", new Span<float>(ref loss));
        step.Fetch("guard", new Span<float>(ref guard));
        Assert.True(float.IsFinite(loss) && !float.IsFinite(guard), $"{loss} {guard}");
        foreach (Parameter parameter in model.Parameters)
        {
            float[] values = new float[parameter.Values.Length];
            step.Read(parameter, values);
            Assert.Equal(parameter.Values, values);
        }
    }

    [Fact]
    public void Guard_LargeFiniteGradient_IsFinite()
    {
        double[] guard = Compute.Many(
            t => [.. t[0].Graph.AddNode(new FiniteGuardOp(2), t).Outputs], 1,
            (Shape.Scalar, [0.25]), (Shape.Of(2), [1e30, -3e38]), (Shape.Of(1), [0.0]))[0];

        Assert.Equal([0.25], guard);
    }

    [Fact]
    public void Run_GradientIsNotFinite_IsDivergedThereAndNamesTheOperation()
    {
        TrainingResult result = new Trainer(new PoisonedNet(), new Sgd(), s_options).Run(new BrightOrDark(16));

        Assert.Equal((TrainingState.Diverged, 0L, 0L), (result.State, result.DivergedAtStep, result.LastCheckpointStep));
        Assert.Contains(nameof(PoisonBackwardOp)[..^2], result.DivergedIn, StringComparison.Ordinal);
        Assert.True(double.IsFinite(result.Epochs[^1].Loss));
    }

    [Fact]
    public void RestoreAndHalve_GoesOnAtHalfTheRateAndTellsOfIt()
    {
        // No halving makes this rate fit, so the restarts run out.
        List<Restart> seen = [];
        TrainingOptions options = s_options with
        {
            Schedule = new ConstantSchedule(1e25),
            OnDivergence = DivergenceAction.RestoreAndHalveRate,
        };
        TrainingResult result = new Trainer(new TinyNet(), new Sgd(), options) { OnRestart = seen.Add }.Run(new BrightOrDark(40));

        Assert.Equal(TrainingState.Diverged, result.State);
        Assert.Equal(Trainer.MaxRestarts, result.Restarts.Count);
        Assert.Equal(seen, result.Restarts);
        Assert.Equal([0.5, 0.25, 0.125, 0.0625, 0.03125], result.Restarts.Select(restart => restart.RateFactor));
        Assert.All(result.Restarts, restart => Assert.Equal((1L, 0L), (restart.DivergedAtStep, restart.RestoredStep)));
    }

    // Saved behind the spike, before its loss is seen: the checkpoint before that one is what a lower rate can go on from.
    [Fact]
    public void RestoreAndHalve_CheckpointOfTheLostStep_GoesBackFurther()
    {
        TrainingOptions options = s_options with
        {
            Schedule = new FirstStepTooHigh(),
            SaveEvery = 1,
            OnDivergence = DivergenceAction.RestoreAndHalveRate,
        };
        TrainingResult result = new Trainer(new TinyNet(), new Sgd(), options).Run(new BrightOrDark(40));

        Assert.Equal((TrainingState.Completed, 20L), (result.State, result.Steps));
        Assert.Equal((8L, 7L), (Assert.Single(result.Restarts).DivergedAtStep, result.Restarts[0].RestoredStep));
    }

    [Fact]
    public void RestoreAndHalve_LowerRateHolds_TheRunCompletes()
    {
        // The spike of the schedule breaks step 8; the restored run does without it.
        List<double> rates = [];
        TrainingOptions options = s_options with
        {
            Schedule = new FirstStepTooHigh(),
            OnDivergence = DivergenceAction.RestoreAndHalveRate,
        };
        TrainingResult result = new Trainer(new TinyNet(), new Sgd(), options) { OnStep = step => rates.Add(step.LearningRate) }
            .Run(new BrightOrDark(40));

        Assert.Equal((TrainingState.Completed, 20L, 4), (result.State, result.Steps, result.Epochs.Count));
        Assert.Equal((1, 0.5), (result.Restarts.Count, result.Restarts[0].RateFactor));
        Assert.Equal(0.05, rates[^1]);
    }

    // The spike comes once: the second time that step is asked for, the rate is as everywhere.
    private sealed class FirstStepTooHigh : LearningRateSchedule
    {
        private bool _isOver;

        public override double At(long step, long stepsPerEpoch, long totalSteps)
        {
            bool spike = step == 7 && !_isOver;
            _isOver |= spike;
            return spike ? 1e25 : 0.1;
        }
    }

    // The identity, whose gradient is infinite.
    private sealed class PoisonedNet : Module
    {
        private readonly Linear _linear;

        internal PoisonedNet()
        {
            _linear = Child("linear", new Linear(1, 2));
            Initialize(3);
        }

        protected override Tensor Forward(Tensor x) =>
            x.Graph.Add(new PoisonOp(), [_linear.Apply(Ops.GlobalAveragePool(x))]);
    }

    private sealed class PoisonOp : Operation
    {
        public override Locality Locality => Locality.Item;

        public override Shape[] InferShapes(ReadOnlySpan<Shape> inputs) => [inputs[0]];

        public override Tensor?[] Gradient(Node node, Tensor?[] outputGradients) =>
            [node.Graph.Add(new PoisonBackwardOp(), [outputGradients[0]!])];

        public override void Evaluate<T>(Operands<T> v) => v.In(0).CopyTo(v.Out(0));
    }

    private sealed class PoisonBackwardOp : BackwardOp
    {
        public override Locality Locality => Locality.Item;

        public override Shape[] InferShapes(ReadOnlySpan<Shape> inputs) => [inputs[0]];

        public override void Evaluate<T>(Operands<T> v) => v.Out(0).Fill(T.PositiveInfinity);
    }
}
