using StepNet.Optim;
using StepNet.Training;

namespace StepNet.Tests.Training;

/// <summary>The validation set chooses the model, the test set never does.</summary>
public sealed class ValidationTests
{
    private static readonly TrainingOptions s_options =
        new() { Epochs = 6, BatchSize = 8, Threads = 1, Schedule = new ConstantSchedule(0.1) };

    [Fact]
    public void Keep_Best_IsTheFirstEpochOfTheHighestValidationAccuracy()
    {
        // After three epochs the schedule unlearns, so the best epoch is not the last.
        List<float[]> values = [];
        TinyNet model = new();
        TrainingResult result = new Trainer(model, new Sgd(), s_options with { Schedule = new DownThenUp() })
        {
            OnEpoch = _ => values.Add(Values(model)),
        }.Run(new BrightOrDark(40), new BrightOrDark(20), new BrightOrDark(10));

        int[] correct = [.. result.Epochs.Select(epoch => epoch.Validation!.Correct)];
        int best = Array.IndexOf(correct, correct.Max()) + 1;
        Assert.True(best < 6 && correct[^1] < correct.Max(), string.Join(' ', correct));
        Assert.Equal(best, result.KeptEpoch);
        Assert.Equal(values[best - 1], Values(model));
        Assert.Equal(Enumerable.Range(0, 6).Select(i => correct[..i].All(c => c < correct[i])), result.Epochs.Select(epoch => epoch.IsKept));

        // The one test is that of the kept values.
        using Evaluator evaluator = new(model, new BrightOrDark(10), [], threads: 1);
        Assert.Equal(evaluator.Evaluate(), result.Test);
        Assert.All(result.Epochs, epoch => Assert.Null(epoch.Test));
    }

    [Fact]
    public void Keep_Last_IsTheLastWhateverTheValidation()
    {
        float[] last = [];
        TinyNet model = new();
        TrainingResult result = new Trainer(model, new Sgd(), s_options with { Keep = KeptModel.Last })
        {
            OnEpoch = _ => last = Values(model),
        }.Run(new BrightOrDark(40), new BrightOrDark(20));

        Assert.Null(result.KeptEpoch);
        Assert.Equal(last, Values(model));
        Assert.All(result.Epochs, epoch => Assert.True(epoch.IsKept && epoch.Validation!.Items == 20));
    }

    [Fact]
    public void Patience_NothingBetter_EndsTheRun()
    {
        TrainingResult result = new Trainer(new TinyNet(), new Sgd(), s_options with { Epochs = 50, Patience = 3 })
            .Run(new BrightOrDark(40), new BrightOrDark(20));

        Assert.Equal(TrainingState.Completed, result.State);
        Assert.Equal(result.KeptEpoch + 3, result.Epochs.Count);
        Assert.True(result.Epochs.Count < 50);
    }

    [Fact]
    public void TestEveryEpoch_IsShownAndChangesNothing()
    {
        TrainingResult plain = Run(s_options), shown = Run(s_options with { TestEveryEpoch = true });

        Assert.All(shown.Epochs, epoch => Assert.Equal(10, epoch.Test!.Items));
        Assert.Equal((plain.KeptEpoch, plain.Test), (shown.KeptEpoch, shown.Test));

        static TrainingResult Run(TrainingOptions options) => new Trainer(new TinyNet(), new Sgd(), options)
            .Run(new BrightOrDark(40), new BrightOrDark(20), new BrightOrDark(10));
    }

    [Fact]
    public void Best_WithoutValidation_AsksForASet() => Assert.Contains(
        "judged by a validation set",
        Assert.Throws<ArgumentException>(
            () => new Trainer(new TinyNet(), new Sgd(), s_options with { Keep = KeptModel.Best }).Run(new BrightOrDark(8))).Message,
        StringComparison.Ordinal);

    [Fact]
    public void TimeBudget_FollowsTheClockToTheEndOfTheSchedule()
    {
        List<double> rates = [];
        TrainingOptions options = s_options with
        {
            Epochs = 1,
            TimeBudget = TimeSpan.FromSeconds(1.5),
            // Small: where the clock stops a moment the rate leaps, and this network has diverged at 0.1.
            Schedule = new OneCycleSchedule(0.01),
        };
        TrainingResult result = new Trainer(new TinyNet(), new Sgd(), options) { OnStep = step => rates.Add(step.LearningRate) }
            .Run(new BrightOrDark(2000), test: new BrightOrDark(10));

        // How many steps that makes is the machine's affair; that the rate went up and came down is not.
        Assert.Equal(TrainingState.Completed, result.State);
        Assert.Equal(10, result.Test!.Items);
        Assert.True(rates.Max() > 2 * rates[0] && rates[^1] < 0.5 * rates.Max(), $"{rates[0]} {rates.Max()} {rates[^1]}");
    }

    private static float[] Values(TinyNet model) => [.. model.State.SelectMany(variable => variable.Values)];

    private sealed class DownThenUp : LearningRateSchedule
    {
        public override double At(long step, long stepsPerEpoch, long totalSteps) => step < totalSteps / 2 ? 0.1 : -0.3;
    }
}
