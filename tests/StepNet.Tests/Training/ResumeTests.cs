using StepNet.Export;
using StepNet.Nn;
using StepNet.Optim;
using StepNet.Training;

namespace StepNet.Tests.Training;

/// <summary>A run that stops and goes on is the run that never stopped, bit for bit.</summary>
public sealed class ResumeTests : IDisposable
{
    // 5 steps an epoch, the last of 3 items; every kind of state is in TinyNet and the options.
    private static readonly TrainingOptions s_options = new()
    {
        Epochs = 3,
        BatchSize = 8,
        Threads = 1,
        Schedule = new OneCycleSchedule(0.2),
        TestBatchSize = 5,
        SaveEvery = 2,
    };

    private readonly string _folder = Directory.CreateTempSubdirectory("stepnet-resume-").FullName;

    private string Path => System.IO.Path.Combine(_folder, "checkpoint.safetensors");

    private string Previous => System.IO.Path.Combine(_folder, "checkpoint.previous.safetensors");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(11)]
    [InlineData(14)]
    public void Resume_StoppedAfterAnyStep_IsTheUnbrokenRun(long lastStep)
    {
        (TinyNet whole, TrainingResult expected) = Run(s_options);

        (_, TrainingResult stopped) = Run(s_options, stopAfter: lastStep, file: new CheckpointFile(Path));
        Checkpoint checkpoint = new CheckpointFile(Path).Read()!;
        (TinyNet resumed, TrainingResult result) = Run(s_options, file: new CheckpointFile(Path), resume: checkpoint);

        Assert.Equal((TrainingState.Interrupted, lastStep + 1), (stopped.State, checkpoint.Step));
        Assert.Null(stopped.Test);
        AssertSame(whole, expected, resumed, result);
    }

    // The time is up in the first epoch, of five steps; stopped in its test, the run has nothing left but that.
    [Fact]
    public void Resume_AfterTheTimeWasUp_OnlyTests()
    {
        (_, TrainingResult first) = Run(s_options with { TimeBudget = TimeSpan.FromSeconds(2) }, file: new CheckpointFile(Path), secondsAStep: 1.2);
        Checkpoint checkpoint = new CheckpointFile(Path).Read()!;
        Assert.InRange(checkpoint.Step, 1, 4);
        Assert.Single(checkpoint.Epochs);

        (_, TrainingResult resumed) = Run(s_options with { TimeBudget = TimeSpan.FromHours(1) }, resume: checkpoint);

        Assert.Equal((TrainingState.Completed, first.Steps, 1), (resumed.State, resumed.Steps, resumed.Epochs.Count));
        Assert.Equal(first.Test!.Accuracy, resumed.Test!.Accuracy);
    }

    [Fact]
    public void Resume_AfterTheStepsWereUpWithinAnEpoch_GoesOnToNoFurther()
    {
        TrainingOptions seven = s_options with { MaxSteps = 7 };
        (_, TrainingResult first) = Run(seven, file: new CheckpointFile(Path));
        Checkpoint checkpoint = new CheckpointFile(Path).Read()!;

        (_, TrainingResult again) = Run(seven, resume: checkpoint);
        Assert.Equal((7L, first.Test!.Accuracy), (again.Steps, again.Test!.Accuracy));
        CheckpointMismatchException e = Assert.Throws<CheckpointMismatchException>(() => Run(s_options with { MaxSteps = 14 }, resume: checkpoint));
        Assert.Contains("ended in the middle of an epoch, at step 7; it cannot go on to 14.", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Resume_KilledBetweenCheckpoints_GoesOnFromTheLastOne()
    {
        (TinyNet whole, TrainingResult expected) = Run(s_options);

        // Nothing is saved when an exception ends the process at step 8: the last checkpoint has 8 steps, one is done again.
        Assert.Throws<InvalidOperationException>(() => Run(s_options, stopAfter: 8, file: new CheckpointFile(Path), isKill: true));
        Checkpoint checkpoint = new CheckpointFile(Path).Read()!;
        (TinyNet resumed, TrainingResult result) = Run(s_options, resume: checkpoint);

        Assert.Equal((8L, 1), (checkpoint.Step, checkpoint.Epochs.Count));
        AssertSame(whole, expected, resumed, result);
    }

    [Fact]
    public void Resume_OfACompletedRun_IsItsResult()
    {
        (TinyNet whole, TrainingResult expected) = Run(s_options, file: new CheckpointFile(Path));

        (TinyNet again, TrainingResult result) = Run(s_options, resume: new CheckpointFile(Path).Read());

        AssertSame(whole, expected, again, result);
    }

    [Theory]
    [InlineData("cut")]
    [InlineData("changed")]
    [InlineData("missing")]
    public void Read_LastCheckpointUnusable_TakesThePreviousAndSaysSo(string fault)
    {
        (TinyNet whole, TrainingResult expected) = Run(s_options);
        Run(s_options, stopAfter: 6, file: new CheckpointFile(Path));
        byte[] bytes = File.ReadAllBytes(Path);
        if (fault == "missing")
        {
            File.Delete(Path);
        }
        else
        {
            // One bit of the last weight: only the checksum can see it.
            bytes[^2] ^= 1;
            File.WriteAllBytes(Path, fault == "cut" ? bytes[..(bytes.Length / 2)] : bytes);
        }

        CheckpointFile file = new(Path);
        byte[] previous = File.ReadAllBytes(Previous);
        Checkpoint checkpoint = file.Read()!;
        (TinyNet resumed, TrainingResult result) = Run(s_options, stopAfter: 6, file: file, resume: checkpoint);

        Assert.Equal(6, checkpoint.Step);
        Assert.Matches("damaged|missing", file.Notice);
        Assert.EndsWith("; the previous checkpoint is whole and taken: step 6.", file.Notice, StringComparison.Ordinal);

        // A damaged file never takes the place of the whole one.
        Assert.Equal(previous, File.ReadAllBytes(Previous));
        (resumed, result) = Run(s_options, resume: new CheckpointFile(Path).Read());
        AssertSame(whole, expected, resumed, result);
    }

    [Fact]
    public void Read_NeitherUsable_SaysWhatIsWrongWithBoth()
    {
        File.WriteAllText(Path, "no checkpoint");
        File.WriteAllText(Previous, "nor this");

        SafeTensorsException e = Assert.Throws<SafeTensorsException>(() => new CheckpointFile(Path).Read());

        Assert.Contains("checkpoint.safetensors'", e.Message, StringComparison.Ordinal);
        Assert.Contains("nor can the previous one be used: ", e.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', e.Message);
    }

    [Fact]
    public void Read_NoFile_IsNull() => Assert.Null(new CheckpointFile(Path).Read());

    [Fact]
    public void Resume_OfAnotherModelOrRun_IsOneClearError()
    {
        Run(s_options, stopAfter: 3, file: new CheckpointFile(Path));
        Checkpoint checkpoint = new CheckpointFile(Path).Read()!;

        ArgumentException model = Assert.Throws<CheckpointMismatchException>(() => new Trainer(new Sequential(new GlobalAveragePool(), new Linear(1, 2)), new Sgd(), s_options)
        {
            Resume = checkpoint,
        }.Run(new BrightOrDark(35), new BrightOrDark(9)));
        ArgumentException run = Assert.Throws<CheckpointMismatchException>(() => Run(s_options with { Seed = 2 }, resume: checkpoint));

        Assert.Matches(@"^The checkpoint is of another model or optimiser: 'run\.1\.(weight|bias)' differs\. Start a new run\.$", model.Message);
        Assert.Contains("seed 1; this one: 35 items in batches of 8, 3 epochs, seed 2", run.Message, StringComparison.Ordinal);
    }

    private static void AssertSame(TinyNet whole, TrainingResult expected, TinyNet resumed, TrainingResult result)
    {
        Assert.Equal(whole.State.SelectMany(variable => variable.Values), resumed.State.SelectMany(variable => variable.Values));
        Assert.Equal(expected.Epochs.Select(WithoutTime), result.Epochs.Select(WithoutTime));
        Assert.Equal((expected.State, expected.Steps, expected.KeptEpoch, expected.Test),
            (result.State, result.Steps, result.KeptEpoch, result.Test));
    }

    private static EpochResult WithoutTime(EpochResult row) => row with { Seconds = 0, ImagesPerSecond = 0 };

    private static (TinyNet Model, TrainingResult Result) Run(
        TrainingOptions options, long? stopAfter = null, CheckpointFile? file = null, Checkpoint? resume = null, bool isKill = false, double secondsAStep = 0)
    {
        using CancellationTokenSource stop = new();
        TinyNet model = new();
        Trainer trainer = new(model, new Sgd(weightDecay: 1e-3), options)
        {
            Checkpoints = file,
            Resume = resume,
            OnStep = step =>
            {
                Thread.Sleep(TimeSpan.FromSeconds(secondsAStep));
                if (step.Step == stopAfter)
                {
                    stop.Cancel();
                    _ = isKill ? throw new InvalidOperationException("killed") : 0;
                }
            },
        };
        return (model, trainer.Run(new BrightOrDark(35), new BrightOrDark(9), new BrightOrDark(7), stop.Token));
    }
}
