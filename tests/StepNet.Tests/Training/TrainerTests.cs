using StepNet.Data;
using StepNet.Execution;
using StepNet.Export;
using StepNet.Graph;
using StepNet.Optim;
using StepNet.Training;

namespace StepNet.Tests.Training;

public sealed class TrainerTests
{
    private static readonly TrainingOptions s_options =
        new() { Epochs = 4, BatchSize = 8, Threads = 1, Schedule = new ConstantSchedule(0.2), TestBatchSize = 5 };

    [Fact]
    public void Run_SeparableSet_LossFallsAndTestSucceeds()
    {
        TrainingResult result = new Trainer(new TinyNet(), new Sgd(), s_options).Run(new BrightOrDark(40), test: new BrightOrDark(17));

        Assert.Equal(TrainingState.Completed, result.State);
        Assert.Equal((20, 4), (result.Steps, result.Epochs.Count));
        Assert.True(result.Epochs[^1].Loss < 0.5 * result.Epochs[0].Loss);
        Assert.Equal((17, 17), (result.Test!.Items, result.Test.Correct));
        Assert.True(result.ImagesPerSecond > 0 && result.Seconds > 0);
    }

    [Fact]
    public void Run_Mixup_LearnsAndTestsOnUnmixedItems()
    {
        TrainingOptions options = s_options with { Epochs = 6, Mixup = new Mixup(0.2) };
        TrainingResult result = new Trainer(new TinyNet(), new Sgd(), options).Run(new BrightOrDark(40), test: new BrightOrDark(17));

        Assert.Equal((17, 17), (result.Test!.Items, result.Test.Correct));
        Assert.InRange(result.Epochs[^1].Accuracy, 0.8, 1);
    }

    [Fact]
    public void Run_LastPartialBatch_CountsItsItemsOnce()
    {
        List<StepResult> steps = [];
        Trainer trainer = new(new TinyNet(), new Sgd(), s_options with { Epochs = 2 }) { OnStep = steps.Add };

        TrainingResult result = trainer.Run(new BrightOrDark(19));

        Assert.Equal([8, 8, 3, 8, 8, 3], steps.Select(step => step.Items));
        Assert.Equal([0, 1, 2, 3, 4, 5], steps.Select(step => step.Step));
        Assert.Equal(steps.Take(3).Sum(step => step.Loss * step.Items) / 19, result.Epochs[0].Loss, 1e-9);
        Assert.Equal(steps.Take(3).Sum(step => step.Correct) / 19.0, result.Epochs[0].Accuracy, 1e-9);
        Assert.Null(result.Test);
    }

    [Fact]
    public void Run_SetSmallerThanBatch_IsOneBatch() =>
        Assert.Equal(4, new Trainer(new TinyNet(), new Sgd(), s_options).Run(new BrightOrDark(3)).Steps);

    [Fact]
    public void Run_MaxSteps_EndsInTheEpochAndIsTested()
    {
        TrainingResult result = new Trainer(new TinyNet(), new Sgd(), s_options with { MaxSteps = 7 })
            .Run(new BrightOrDark(40), test: new BrightOrDark(10));

        Assert.Equal((TrainingState.Completed, 7L, 2), (result.State, result.Steps, result.Epochs.Count));
        Assert.Equal(10, result.Test!.Items);
    }

    [Fact]
    public void Run_MaxSteps_KeepsTheScheduleOfTheWholeRun()
    {
        List<double> rates = [];
        TrainingOptions options = s_options with { Schedule = new OneCycleSchedule(0.4), MaxSteps = 3 };
        new Trainer(new TinyNet(), new Sgd(), options) { OnStep = step => rates.Add(step.LearningRate) }.Run(new BrightOrDark(40));

        Assert.Equal([.. Enumerable.Range(0, 3).Select(k => options.Schedule.At(k, 5, 20))], rates);
    }

    [Fact]
    public void Run_HugeLearningRate_IsDivergedAtAStep()
    {
        List<StepResult> steps = [];
        Trainer trainer = new(new TinyNet(), new Sgd(), s_options with { Schedule = new ConstantSchedule(1e30) })
        {
            OnStep = steps.Add,
        };

        TrainingResult result = trainer.Run(new BrightOrDark(40), test: new BrightOrDark(10));

        Assert.Equal(TrainingState.Diverged, result.State);
        Assert.Equal((steps.Count, steps[^1].Step), (result.Steps, result.DivergedAtStep));
        Assert.False(double.IsFinite(result.Epochs[^1].Loss));
        Assert.Equal(10, result.Test!.Items);
        Assert.NotNull(result.DivergedIn);
    }

    [Fact]
    public void Run_Overflow_NamesTheFirstNodeAndKeepsTheValuesBeforeIt()
    {
        // The first update makes weights of about 1e25: finite, but their activations' products are not.
        TinyNet model = new();
        TrainingResult result = new Trainer(
            model, new Sgd(), s_options with { Schedule = new ConstantSchedule(1e25) }).Run(new BrightOrDark(40));

        Assert.Equal((TrainingState.Diverged, 1L), (result.State, result.DivergedAtStep));
        Assert.Matches(@"^\S+ \(\w+\.cs:\d+\): \w+ gave [\d,]+ (NaN|infinite) .*; its inputs were finite, up to \S+$", result.DivergedIn);
        Assert.All(model.State.SelectMany(variable => variable.Values), value => Assert.True(float.IsFinite(value)));
    }

    [Fact]
    public void Run_LastUpdateBreaksTheModel_ItGetsTheLastCheckpointsValues()
    {
        TinyNet model = new();
        float[][] before = [.. model.State.Select(variable => (float[])variable.Values.Clone())];
        TrainingResult result = new Trainer(model, new Sgd(), s_options with { Schedule = new InfiniteRate(), MaxSteps = 1 })
            .Run(new BrightOrDark(8), test: new BrightOrDark(8));

        Assert.Equal((TrainingState.Diverged, 0L), (result.State, result.DivergedAtStep));
        Assert.Matches(@"^[\w.]+ held \d+ .* when the step began", result.DivergedIn);
        Assert.Equal(before, model.State.Select(variable => variable.Values));
        Assert.True(double.IsFinite(result.Test!.Loss));
    }

    [Fact]
    public void Run_Cancelled_StopsAfterTheStep()
    {
        using CancellationTokenSource source = new();
        Trainer trainer = new(new TinyNet(), new Sgd(), s_options)
        {
            OnStep = step =>
            {
                if (step.Step == 6)
                {
                    source.Cancel();
                }
            },
        };

        TrainingResult result = trainer.Run(new BrightOrDark(40), test: new BrightOrDark(10), cancellation: source.Token);

        Assert.Equal((TrainingState.Interrupted, 7L), (result.State, result.Steps));
        Assert.Null(result.Test);
    }

    [Fact]
    public void Run_Twice_GivesTheSameBytes()
    {
        Assert.Equal(TrainedBytes(seed: 1), TrainedBytes(seed: 1));
        Assert.NotEqual(TrainedBytes(seed: 1), TrainedBytes(seed: 2));

        static byte[] TrainedBytes(ulong seed)
        {
            string path = Path.GetTempFileName();
            TinyNet model = new();
            new Trainer(model, new Sgd(), s_options with { Seed = seed }).Run(new BrightOrDark(19), test: new BrightOrDark(5));
            ModelFile.Save(path, model);
            byte[] bytes = File.ReadAllBytes(path);
            File.Delete(path);
            return bytes;
        }
    }

    [Fact]
    public void OnEpoch_ModelValues_AreThoseOfTheEpoch()
    {
        TinyNet model = new();
        List<float[]> values = [];
        Trainer trainer = new(model, new Sgd(), s_options with { Epochs = 2 })
        {
            OnEpoch = _ => values.Add([.. model.State.SelectMany(variable => variable.Values)]),
        };

        trainer.Run(new BrightOrDark(16));

        Assert.NotEqual(values[0], values[1]);
        Assert.Equal(values[1], model.State.SelectMany(variable => variable.Values));
        Assert.All(model.Parameters, p => Assert.NotEqual(new TinyNet().Parameters.First(q => q.Name == p.Name).Values, p.Values));
    }

    [Fact]
    public void Run_WarmStep_AllocatesNextToNothing()
    {
        // What the executor itself allocates is not the trainer's; the reference executor does not care.
        long[] allocated = new long[20];
        Trainer trainer = new(new TinyNet(), new Sgd(), s_options with { Epochs = 1 })
        {
            OnStep = step => allocated[step.Step] = GC.GetAllocatedBytesForCurrentThread(),
        };

        trainer.Run(new BrightOrDark(160));

        Assert.InRange(((allocated[19] - allocated[9]) / 10) - BareStepBytes(), 0, 1024);

        static long BareStepBytes()
        {
            using IExecutor executor = Executors.Create(TrainingGraph.Build(new TinyNet(), Shape.Of(1, 4, 4), new Sgd()), 8, 1);
            executor.Feed("input", new float[8 * 16]);
            executor.Feed("labels", new float[8]);
            executor.Run(8);
            long before = GC.GetAllocatedBytesForCurrentThread();
            executor.Run(8);
            return GC.GetAllocatedBytesForCurrentThread() - before;
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void Run_OtherLogitsThanClasses_SaysWhatIsNeeded(int logits)
    {
        ShapeMismatchException e = Assert.Throws<ShapeMismatchException>(
            () => new Trainer(new TinyNet(classes: logits), new Sgd(), s_options).Run(new BrightOrDark(8)));

        Assert.Equal(
            $"The model returns [N, {logits}] for items of [1, 4, 4]; the 2 classes of the set need [N, 2]. Give its last layer as many outputs.",
            e.Message);
    }

    private sealed class InfiniteRate : LearningRateSchedule
    {
        public override double At(long step, long stepsPerEpoch, long totalSteps) => double.PositiveInfinity;
    }
}
