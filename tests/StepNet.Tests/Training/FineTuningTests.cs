using StepNet.Execution;
using StepNet.Export;
using StepNet.Graph;
using StepNet.Models;
using StepNet.Nn;
using StepNet.Optim;
using StepNet.Passes;
using StepNet.Training;

namespace StepNet.Tests.Training;

/// <summary>Weights of an earlier training, a head for other classes, and parts that stay as they are.</summary>
public sealed class FineTuningTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("stepnet-test-").FullName;

    private string FilePath => Path.Combine(_folder, "weights.safetensors");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    public static TheoryData<string> Frozen => ["all-but-head", "body.0,body.1", "body.2"];

    [Theory]
    [MemberData(nameof(Frozen))]
    public void Train_FrozenParts_KeepTheirBitsAndOthersDoNot(string text)
    {
        TinyNet model = new();
        Shift(model);
        FrozenParts.Parse(text).ApplyTo(model);
        Dictionary<string, float[]> before = model.State.ToDictionary(v => v.Name, v => (float[])v.Values.Clone());

        // Weight decay and momentum, so that an update without a gradient would show.
        TrainingOptions options = new() { Epochs = 2, BatchSize = 8, Threads = 2, Schedule = new ConstantSchedule(0.1) };
        TrainingResult result = new Trainer(model, new Sgd(0.9, 0.1), options).Run(new BrightOrDark(40), test: new BrightOrDark(12));

        Assert.Equal(TrainingState.Completed, result.State);
        HashSet<string> frozen = [.. model.Modules.Where(module => module.IsFrozen).SelectMany(Own).Select(v => v.Name)];
        Assert.NotEmpty(frozen);
        Assert.All(model.State, variable =>
        {
            if (frozen.Contains(variable.Name))
            {
                Assert.Equal(before[variable.Name], variable.Values);
            }
            else
            {
                Assert.NotEqual(before[variable.Name], variable.Values);
            }
        });

        // A module's variables are those of its state that no part of it has.
        static IEnumerable<Variable> Own(Module module) => module.State.Except(module.Children.SelectMany(child => child.State));
    }

    [Fact]
    public void TrainingGraph_FrozenNorm_IsItsPredictionInBothExecutors()
    {
        // Everything but the head is frozen: what reaches the loss is what prediction computes, batch or not.
        TinyNet model = new();
        Shift(model);
        FrozenParts.Parse("all-but-head").ApplyTo(model);
        float[] images = [.. Compute.Uniform(10 * 16, seed: 4).Select(value => (float)value)];
        GraphProgram program = TrainingGraph.Build(model, Shape.Of(1, 4, 4), null);
        using IExecutor cpu = Executors.Create(program, 10, threads: 2);
        using ReferenceExecutor<double> reference = new(program, 10);
        foreach (IExecutor executor in (IExecutor[])[cpu, reference])
        {
            executor.Feed("input", images);
            executor.Feed("labels", [.. Enumerable.Range(0, 10).Select(i => (float)(i % 2))]);
            executor.Run(10);
        }

        float[] logits = new float[20], gradient = new float[8];
        cpu.Fetch("logits", logits);
        cpu.Fetch("grad.linear.weight", gradient);

        float[] predicted = model.Run(new NdArray(images, 10, 1, 4, 4)).Values;
        Assert.Equal(["grad.linear.bias", "grad.linear.weight"], program.Outputs.Keys.Where(key => key.StartsWith("grad.", StringComparison.Ordinal)).Order());
        Assert.All(predicted.Zip(logits), pair => Assert.Equal(pair.First, pair.Second, 1e-5f));
        Assert.All(reference.FetchExact("grad.linear.weight").ToArray().Zip(gradient), pair => Assert.Equal(pair.First, pair.Second, 1e-5));
        Assert.Empty(program.Updates);
    }

    [Fact]
    public void TrainingGraph_FrozenNormBeforeTrainedLayers_HasTheGradientsOfDifferences()
    {
        // The norm is a fixed affine map; gradients go through it to the convolution before it.
        TinyNet model = new();
        Shift(model);
        FrozenParts.Parse("body.1,linear").ApplyTo(model);
        Parameter weight = model.Parameters.Single(parameter => parameter.Name == "body.0.weight");
        double[] images = Compute.Uniform(4 * 16, seed: 4);
        double[] analytic = Gradient();

        for (int i = 0; i < weight.Values.Length; i += 7)
        {
            float start = weight.Values[i];
            const float epsilon = 1f / 1024;
            (weight.Values[i], double above) = (start + epsilon, 0);
            above = Loss();
            weight.Values[i] = start - epsilon;
            double below = Loss();
            weight.Values[i] = start;
            Assert.Equal(analytic[i], (above - below) / (2 * epsilon), 1e-4);
        }

        double[] Gradient() => Run(executor => executor.FetchExact("grad.body.0.weight").ToArray());

        double Loss() => Run(executor => executor.FetchExact("loss")[0]);

        T Run<T>(Func<ReferenceExecutor<double>, T> fetch)
        {
            using ReferenceExecutor<double> executor = new(TrainingGraph.Build(model, Shape.Of(1, 4, 4), null), 4);
            executor.Feed("input", [.. images.Select(value => (float)value)]);
            executor.Feed("labels", [0, 1, 0, 1]);
            executor.Run(4);
            return fetch(executor);
        }
    }

    [Fact]
    public void TrainingGraph_AllFrozen_SaysSo()
    {
        TinyNet model = new();
        model.Freeze();

        ArgumentException e = Assert.Throws<ArgumentException>(() => TrainingGraph.Build(model, Shape.Of(1, 4, 4), new Sgd()));

        Assert.StartsWith("Every parameter of the model is frozen, so there is nothing to train.", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Resume_FrozenParts_IsTheUnbrokenRun()
    {
        TrainingOptions options = new() { Epochs = 3, BatchSize = 8, Threads = 1, Schedule = new OneCycleSchedule(0.2) };
        CheckpointFile file = new(Path.Combine(_folder, "checkpoint.safetensors"));

        TinyNet whole = Run(null, null, stopAfter: -1);
        _ = Run(file, null, stopAfter: 6);
        TinyNet resumed = Run(null, file.Read(), stopAfter: -1);

        Assert.All(whole.State.Zip(resumed.State), pair => Assert.Equal(pair.First.Values, pair.Second.Values));

        TinyNet Run(CheckpointFile? to, Checkpoint? from, long stopAfter)
        {
            TinyNet model = new();
            FrozenParts.Parse("body.0,body.1").ApplyTo(model);
            using CancellationTokenSource stop = new();
            Action<StepResult> onStep = step =>
            {
                if (step.Step == stopAfter)
                {
                    stop.Cancel();
                }
            };
            Trainer trainer = new(model, new Sgd(), options) { Checkpoints = to, Resume = from, OnStep = onStep };
            _ = trainer.Run(new BrightOrDark(35), cancellation: stop.Token);
            return model;
        }
    }

    [Theory]
    [InlineData("a b c", null, "")]
    [InlineData("x y z", "linear", "")]
    [InlineData("a b", "linear", "")]
    [InlineData("a b c", null, "layer1.0.step layer2.0.step layer3.0.step")]
    public void CopyTo_Classes_DecideTheHead(string classes, string? newHead, string coefficients)
    {
        CifarResNet trained = Small("a b c");
        ModelFile.Save(FilePath, trained, Card("a b c").ToMetadata());
        CifarResNet model = Small(classes, coefficients.Length > 0 ? CoefficientSpec.LearnedFrom(0.3) : 1.0);
        Dictionary<string, float[]> start = model.State.ToDictionary(v => v.Name, v => (float[])v.Values.Clone());
        Dictionary<string, float[]> file = trained.State.ToDictionary(v => v.Name, v => v.Values);

        PretrainedWeights weights = PretrainedWeights.Read(FilePath);
        WeightTransfer transfer = weights.CopyTo(model, classes.Split(' '));

        Assert.Equal(["a", "b", "c"], weights.Card!.Classes);
        Assert.Equal((newHead, newHead is null ? null : (int?)3), (transfer.NewHead, transfer.FileClasses));
        Assert.Equal(coefficients.Split(' ', StringSplitOptions.RemoveEmptyEntries), transfer.NewCoefficients);
        Assert.Equal(transfer.Copied, model.State.Count(v => file.TryGetValue(v.Name, out float[]? values) && values.SequenceEqual(v.Values)));
        Assert.All(
            model.State.Where(v => v.Name.EndsWith(".step", StringComparison.Ordinal) || (newHead is not null && v.Name.StartsWith(newHead, StringComparison.Ordinal))),
            v => Assert.Equal(start[v.Name], v.Values));
    }

    [Fact]
    public void CopyTo_FileWithoutMetadata_KeepsItsHeadWhereTheNumberFits()
    {
        ModelFile.Save(FilePath, Small("a b c"));

        PretrainedWeights weights = PretrainedWeights.Read(FilePath);

        Assert.Null(weights.Card);
        Assert.Null(weights.CopyTo(Small("x y z"), ["x", "y", "z"]).NewHead);
        Assert.Equal("linear", weights.CopyTo(Small("x y"), ["x", "y"]).NewHead);
    }

    [Fact]
    public void CopyTo_FileWithoutHead_LeavesTheHead()
    {
        SafeTensors.Write(FilePath, Small("a b c").State.Where(v => !v.Name.StartsWith("linear", StringComparison.Ordinal))
            .Select(v => SafeTensor.Of(v.Name, v.Shape.Dims.AsSpan(), v.Values)));

        WeightTransfer transfer = PretrainedWeights.Read(FilePath).CopyTo(Small("x y"), ["x", "y"]);

        Assert.Equal(("linear", null), (transfer.NewHead, transfer.FileClasses));
    }

    [Fact]
    public void CopyTo_OtherNetwork_IsOneLineAndChangesNothing()
    {
        ModelFile.Save(FilePath, Small("a b c"));
        CifarResNet wide = new(new CifarResNetOptions { Depth = 8, Width = 8, Classes = 3 });
        wide.Initialize(2);
        float[][] before = [.. wide.State.Select(v => (float[])v.Values.Clone())];

        SafeTensorsException e = Assert.Throws<SafeTensorsException>(() => PretrainedWeights.Read(FilePath).CopyTo(wide, ["a", "b", "c"]));

        Assert.StartsWith($"'{FilePath}' does not fit the model: unlike 'conv1.weight F32 [16, 3, 3, 3] for [8, 3, 3, 3]' and ", e.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', e.Message);
        Assert.Equal(before, wide.State.Select(v => v.Values));
    }

    [Fact]
    public void Read_NoSuchFile_SaysSo() => Assert.StartsWith(
        "'nowhere.safetensors' cannot be read (Could not find file",
        Assert.Throws<SafeTensorsException>(() => PretrainedWeights.Read("nowhere.safetensors")).Message, StringComparison.Ordinal);

    private static CifarResNet Small(string classes, CoefficientSpec? step = null)
    {
        CifarResNet model = new(new CifarResNetOptions { Depth = 8, Step = step ?? 1.0, Classes = classes.Split(' ').Length });
        model.Initialize((ulong)classes.Sum(c => c));
        Shift(model);
        return model;
    }

    private static ModelCard Card(string classes) => new()
    {
        Options = new CifarResNetOptions { Depth = 8, Classes = classes.Split(' ').Length },
        Classes = classes.Split(' '),
        Mean = [0.1f, 0.2f, 0.3f],
        Std = [1, 2, 3],
    };

    // Running statistics away from 0 and 1, biases away from 0.
    private static void Shift(Module model)
    {
        foreach (Variable variable in model.State)
        {
            for (int i = 0; i < variable.Values.Length; i++)
            {
                variable.Values[i] += 0.1f + (0.01f * (i % 5));
            }
        }
    }
}
