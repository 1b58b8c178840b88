using System.Security.Cryptography;
using StepNet.Data;
using StepNet.Execution;
using StepNet.Execution.Cpu;
using StepNet.Export;
using StepNet.Graph;
using StepNet.Kernels;
using StepNet.Models;
using StepNet.Nn;
using StepNet.Optim;
using StepNet.Passes;
using StepNet.Tests.Execution;
using StepNet.Training;

namespace StepNet.Tests.Training;

/// <summary>What a run watches is right, changes no bit of it, and survives what the run survives.</summary>
public sealed class TapTests : IDisposable
{
    private static readonly Shape s_images = Shape.Of(3, 8, 8);

    // 5 steps an epoch, the last of 3 items.
    private static readonly TrainingOptions s_options = new()
    {
        Epochs = 3,
        BatchSize = 8,
        Threads = 1,
        Schedule = new OneCycleSchedule(0.2),
        TestBatchSize = 5,
        SaveEvery = 2,
    };

    private readonly string _folder = Directory.CreateTempSubdirectory("stepnet-taps-").FullName;

    private string File => Path.Combine(_folder, TapRows.FileName);

    private string Saved => Path.Combine(_folder, "checkpoint.safetensors");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    public static TheoryData<string, string, string, string> NetworksAndPaths()
    {
        TheoryData<string, string, string, string> data = [];
        foreach (string path in new[] { "avx512", "avx2", "portable" })
        {
            data.Add("batch", "post", "learned:0.5", path);
            data.Add("none", "post", "0.5", path);
            data.Add("group", "pre", "channel:0.5", path);
            data.Add("batch", "pre", "1", path);
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(NetworksAndPaths))]
    public void Observations_EveryKindOfNetwork_MatchTheReference(string norm, string order, string step, string path)
    {
        CpuExecutorTests.SkipWhereAbsent(path);
        ResNetOptions options = ModelCatalog.Options("resnet14").With("norm", norm).With("order", order).With("step", step).With("width", "4");
        Module model = options.Create();
        model.Initialize(3);
        Sgd optimizer = new(0.9);
        GraphProgram program = TrainingGraph.Build(model, s_images, optimizer, 0, null, TapKinds.All, out IReadOnlyList<TapSeries> series);
        const int N = 19;
        (float[] images, float[] labels) = CpuExecutorTests.Data(N, s_images);
        using ReferenceExecutor<double> reference = new(program, N);
        using CpuExecutor cpu = new(new CpuPlan(program, 24), 2, VectorKernels.Select(path));
        foreach (IExecutor executor in new IExecutor[] { reference, cpu })
        {
            executor.Observe = true;
            executor.Set(optimizer.LearningRate, 0);
            executor.Feed("input", images);
            executor.Feed("labels", labels);
            executor.Run(N);
        }

        Assert.Equal(program.Observations.Keys.Order(), series.Select(one => $"{one}").Order());
        foreach (TapSeries one in series)
        {
            (float expected, float actual) = (Fetch(reference, one), Fetch(cpu, one));
            Assert.True(Math.Abs(expected - actual) <= 1e-6 + (3e-4 * Math.Abs(expected)), $"{one}: {expected} and {actual}");
        }

        // What each word means, by hand: the definition of an operation could be wrong like its kernel.
        Parameter weight = model.Parameters.Single(parameter => parameter.Name == "layer2.0.conv1.weight");
        Assert.Equal(Math.Sqrt(weight.Values.Sum(value => (double)value * value)), Fetch(reference, new("layer2.0.conv1.weight", TapQuantity.WeightNorm)), 1e-5);
        Assert.Equal(weight.Values.Average(value => Math.Abs((double)value)), Fetch(reference, new("layer2.0.conv1.weight", TapQuantity.WeightMeanAbs)), 1e-6);
        Assert.Equal(step == "1" ? 1 : 0.5, Fetch(reference, new("layer1.1", TapQuantity.Step)), 1e-6);
        Assert.Equal(1, Fetch(reference, new("layer1.1", TapQuantity.Skip)));

        // One block's output is the next one's input; a block that changes the shape moves nothing by a distance.
        Assert.Equal(
            Fetch(reference, new("layer1.0", TapQuantity.OutputGradientNorm)), Fetch(reference, new("layer1.1", TapQuantity.InputGradientNorm)));
        Assert.Contains(new TapSeries("layer1.1", TapQuantity.Change), series);
        Assert.DoesNotContain(new TapSeries("layer2.0", TapQuantity.Change), series);
    }

    [Fact]
    public void Observations_OfABlock_AreThoseOfItsNumbers()
    {
        // One block alone, x + 0.5 W x, then a linear layer: every number can be had from the weights.
        ResidualBlock block = new(new Linear(4, 4), 1, 0.5, Activation.Identity);
        Sequential model = new(new Linear(3, 4), block, new Linear(4, 2));
        model.Initialize(7);
        GraphProgram program = TrainingGraph.Build(model, Shape.Of(3), null, 0, null, TapKinds.All, out _);
        float[] x = [.. Compute.Uniform(6, 1).Select(value => (float)value)];
        using ReferenceExecutor<double> executor = new(program, 2);
        executor.Observe = true;
        executor.Feed("input", x);
        executor.Feed("labels", [0, 1]);
        executor.Run(2);
        NdArray first = new Sequential(model.Children.First()).Run(new NdArray(x, 2, 3)), second = new Sequential([.. model.Children.Take(2)]).Run(new NdArray(x, 2, 3));

        double squares = first.Values.ToArray().Zip(second.Values.ToArray()).Sum(pair => Math.Pow(pair.First - pair.Second, 2));
        double mean = second.Values.ToArray().Average(), variance = second.Values.ToArray().Average(value => Math.Pow(value - mean, 2));

        Assert.Equal(Math.Sqrt(squares / 2), Fetch(executor, new(block.Path, TapQuantity.Change)), 1e-5);
        Assert.Equal(mean, Fetch(executor, new(block.Path, TapQuantity.Mean)), 1e-5);
        Assert.Equal(variance, Fetch(executor, new(block.Path, TapQuantity.Variance)), 1e-5);
        Assert.Equal(
            Math.Sqrt(executor.FetchExact($"grad.{model.Parameters.First().Name}").ToArray().Sum(value => value * value)),
            Fetch(executor, new(model.Parameters.First().Name, TapQuantity.GradientNorm)), 1e-6);
    }

    [Theory]
    [InlineData("batch")]
    [InlineData("none")]
    public void Run_WithTaps_IsTheSameModelToTheBit(string norm)
    {
        string[] hashes =
        [
            .. from threads in new[] { 1, 2 }
               from every in new long?[] { null, 1, 3 }
               select Hash(norm, threads, every),
        ];

        Assert.Single(hashes.Distinct());
    }

    [Fact]
    public void Run_WithTaps_WritesARowEverySoManySteps()
    {
        Train(s_options, new TapFile(File, 3));

        TapRows rows = TapRows.Read(_folder);

        Assert.Equal([0, 3, 6, 9, 12], rows.Steps);
        Assert.Equal(["body.2"], rows.Places(TapQuantity.Step));
        Assert.Equal(0.5f, rows.Of("body.2", TapQuantity.Step)[0]);
        Assert.NotEqual(0.5f, rows.Of("body.2", TapQuantity.Step)[1]);
        Assert.All(rows.Series, series => Assert.All(rows.Of(series.Place, series.Quantity), value => Assert.True(float.IsFinite(value))));
        Assert.Contains(
            "Places that have it: body.2.", Assert.Throws<KeyNotFoundException>(() => rows.Of("body.9", TapQuantity.Step)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Run_ChosenKinds_AreTheOnlyColumns()
    {
        Train(s_options with { MaxSteps = 2 }, new TapFile(File, 1, TapKinds.Coefficients));

        Assert.Equal([new("body.2", TapQuantity.Skip), new("body.2", TapQuantity.Step)], TapRows.Read(File).Series);
    }

    [Theory]
    [InlineData(0, false)]
    [InlineData(4, false)]
    [InlineData(7, false)]
    [InlineData(8, true)]
    [InlineData(13, true)]
    public void Resume_StoppedOrKilledAfterAnyStep_HasTheRowsOfTheUnbrokenRun(long lastStep, bool isKill)
    {
        Train(s_options, new TapFile(File));
        byte[] expected = System.IO.File.ReadAllBytes(File);
        Stop(lastStep, isKill);
        if (isKill)
        {
            // What the killed process was writing.
            System.IO.File.AppendAllText(File, "12,0.3");
        }

        Train(s_options, new TapFile(File), new CheckpointFile(Saved), new CheckpointFile(Saved).Read());

        Assert.Equal(expected, System.IO.File.ReadAllBytes(File));
    }

    [Fact]
    public void Resume_OfARunThatWatchedSomethingElse_IsOneClearError()
    {
        Stop(6, false);

        ArgumentException e = Assert.Throws<ArgumentException>(
            () => Train(s_options, new TapFile(File, 1, TapKinds.Weights), null, new CheckpointFile(Saved).Read()));

        Assert.EndsWith("has other columns than this run: it watched something else. Start a new run.", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Restart_AfterADivergence_KeepsNoRowTwice()
    {
        // The rate of step 7 breaks it; the run goes on from the checkpoint at step 6 with half of it, and breaks again, to the end.
        TrainingOptions options = s_options with
        {
            Schedule = new BreaksAt(7),
            SaveEvery = 3,
            OnDivergence = DivergenceAction.RestoreAndHalveRate,
        };

        TrainingResult result = Train(options, new TapFile(File)).Result;

        TapRows rows = TapRows.Read(File);
        Assert.NotEmpty(result.Restarts);
        Assert.Equal(Enumerable.Range(0, rows.Steps.Count).Select(step => (long)step), rows.Steps);
    }

    [Theory]
    [InlineData("", "':1: no rows of taps")]
    [InlineData("a,b\n", "':1: no rows of taps")]
    [InlineData("step,a:s\n0,1\n1\n2,1\n", "':3: no row of a step and 1 numbers.")]
    [InlineData("step,a:s\n0,1\nx,1\n2,1\n", "':3: no row of a step and 1 numbers.")]
    public void Read_DamagedFile_NamesTheLine(string text, string message)
    {
        System.IO.File.WriteAllText(File, text);

        Assert.Contains(message, Assert.Throws<DataException>(() => TapRows.Read(File)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_NumbersThatAreNotFinite_AndAnUnfinishedRow()
    {
        System.IO.File.WriteAllText(File, "step,a:s,a:h\n0,NaN,-Infinity\n5,1E-08,2\n10,3");

        TapRows rows = TapRows.Read(File);

        Assert.Equal([0, 5], rows.Steps);
        Assert.Equal([float.NaN, 1e-8f], rows.Of("a", "s"));
        Assert.Equal([float.NegativeInfinity, 2], rows.Of("a", "h"));
        Assert.Contains(
            "A run writes it with --taps-every.", Assert.Throws<DataException>(() => TapRows.Read(Path.Combine(_folder, "none.csv"))).Message, StringComparison.Ordinal);
    }

    private static float Fetch(IExecutor executor, TapSeries series)
    {
        float value = 0;
        executor.Fetch($"{series}", new Span<float>(ref value));
        return value;
    }

    private string Hash(string norm, int threads, long? every)
    {
        Module model = ModelCatalog.Options("resnet8").With("norm", norm).With("step", "learned:0.5").With("width", "8").Create();
        model.Initialize(3);
        Trainer trainer = new(model, new Sgd(0.9, 1e-4), s_options with { BatchSize = 20, Epochs = 2, Threads = threads })
        {
            Taps = every is long steps ? new TapFile(File, steps) : null,
        };
        _ = trainer.Run(new ShapesDataset(50, 1, "train"));
        string path = Path.Combine(_folder, "model.safetensors");
        ModelFile.Save(path, model, new Dictionary<string, string>());
        return Convert.ToHexString(SHA256.HashData(System.IO.File.ReadAllBytes(path)));
    }

    private void Stop(long lastStep, bool isKill)
    {
        if (isKill)
        {
            Assert.Throws<InvalidOperationException>(() => Train(s_options, new TapFile(File), new CheckpointFile(Saved), null, lastStep, isKill));
        }
        else
        {
            Train(s_options, new TapFile(File), new CheckpointFile(Saved), null, lastStep, isKill);
        }
    }

    private static (TinyNet Model, TrainingResult Result) Train(
        TrainingOptions options, TapFile taps, CheckpointFile? checkpoints = null, Checkpoint? resume = null, long? stopAfter = null, bool isKill = false)
    {
        using CancellationTokenSource stop = new();
        TinyNet model = new();
        Trainer trainer = new(model, new Sgd(weightDecay: 1e-3), options)
        {
            Taps = taps,
            Checkpoints = checkpoints,
            Resume = resume,
            OnStep = step =>
            {
                if (step.Step == stopAfter)
                {
                    stop.Cancel();
                    _ = isKill ? throw new InvalidOperationException("killed") : 0;
                }
            },
        };
        return (model, trainer.Run(new BrightOrDark(35), cancellation: stop.Token));
    }

    private sealed class BreaksAt(long broken) : LearningRateSchedule
    {
        public override double At(long step, long stepsPerEpoch, long totalSteps) => step < broken ? 0.1 : 1e29;
    }
}
