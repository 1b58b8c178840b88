using System.Reflection;
using StepNet.Models;
using StepNet.Nn;
using StepNet.Optim;
using StepNet.Training;

namespace StepNet.Cli.Commands;

/// <summary>One run of <c>stepnet train</c>: prepared in the constructor, where all that can be wrong shows.</summary>
internal sealed class TrainRun
{
    private readonly TrainSettings _settings;
    private readonly LearningRateSchedule _schedule;
    private readonly TrainingData _data;
    private readonly ModelCard _card;
    private readonly CifarResNet _model;
    private readonly RunFolder _folder;

    /// <exception cref="UsageException">The settings contradict each other, or the run folder cannot be had.</exception>
    /// <exception cref="Data.DataException">The data cannot be read.</exception>
    internal TrainRun(TrainSettings settings)
    {
        _settings = settings;
        _schedule = settings.Schedule();
        _data = TrainingData.Load(settings.Data, settings.DataFolder, settings.TrainItems, settings.TestItems);
        _card = new ModelCard
        {
            Options = settings.Model with { Classes = _data.Train.Classes.Count, InChannels = _data.Train.ItemShape.Channels },
            Classes = _data.Train.Classes,
            Mean = _data.Mean,
            Std = _data.Std,
            Height = _data.Train.ItemShape.Height,
            Width = _data.Train.ItemShape.Width,
        };
        _model = new CifarResNet(_card.Options);
        _model.Initialize(settings.Seed);
        _folder = RunFolder.Create(settings.OutFolder, $"{_card.Name}-{settings.Data}");
    }

    /// <summary>Trains, writes the folder, and returns the exit code.</summary>
    internal int Run()
    {
        using StopSignals signals = new();
        Progress.Line(
            $"{_card.Name}, {_model.ParameterCount:n0} parameters, step {_settings.Model.Step}, skip {_settings.Model.Skip}; "
            + $"{_settings.Data}, {_data.Train.Count:n0} + {_data.Test.Count:n0} images; "
            + $"cpu, {_settings.Threads} threads, batch {_settings.Batch}, seed {_settings.Seed}");
        TrainingResult result = Train(signals.Token);
        RunSummary summary = Summarize(result);
        _folder.WriteSummary(summary);
        if (_settings.Json)
        {
            Console.Out.WriteLine(RunFolder.ToJson(summary));
        }

        Conclude(result);
        return result.State switch
        {
            TrainingState.Diverged => ExitCode.Diverged,
            TrainingState.Interrupted => ExitCode.Interrupted,
            _ => ExitCode.Ok,
        };
    }

    private TrainingResult Train(CancellationToken stop)
    {
        List<EpochResult> epochs = [];
        double elapsed = 0;
        long steps = (long)_settings.Epochs * ((_data.Train.Count + _settings.Batch - 1) / _settings.Batch);
        steps = Math.Min(steps, _settings.MaxSteps ?? steps);
        TrainingOptions options = new()
        {
            Epochs = _settings.Epochs,
            BatchSize = _settings.Batch,
            Schedule = _schedule,
            Seed = _settings.Seed,
            Threads = _settings.Threads,
            MaxSteps = _settings.MaxSteps,
            TrainTransforms = _data.TrainTransforms,
            TestTransforms = _data.TestTransforms,
        };
        Trainer trainer = new(_model, new Sgd(_settings.Momentum, _settings.WeightDecay), options)
        {
            OnStep = StartUpTime.IsWanted ? StartUpTime.Report : null,
            OnEpoch = epoch =>
            {
                epochs.Add(epoch);
                elapsed += epoch.Seconds;
                _folder.WriteModel(_model, _card);
                _folder.WriteMetrics(epochs);
                Progress.Epoch(epoch, _settings.Epochs, elapsed / epoch.Steps * (steps - epoch.Steps));
            },
        };
        return trainer.Run(_data.Train, _data.Test, stop);
    }

    private void Conclude(TrainingResult result)
    {
        string outcome = result.State == TrainingState.Diverged
            ? $" at step {result.DivergedAtStep}: the loss is NaN or infinite; try a lower --lr or --step"
            : result.Test is null ? ""
            : $", test accuracy {100 * result.Test.Accuracy:f2} %";
        Progress.Line(
            $"{Word(result.State)}{outcome}, {Progress.Duration(result.Seconds)}, {result.ImagesPerSecond:n0} images/s");
        if (result.DivergedIn is not null)
        {
            Progress.Line($"first bad numbers: {result.DivergedIn}");
        }

        Progress.Line($"run folder: {_folder.FullPath}");
    }

    private RunSummary Summarize(TrainingResult result)
    {
        IReadOnlyDictionary<string, string> words = _card.ToMetadata();
        return new RunSummary
        {
            State = Word(result.State),
            DivergedAtStep = result.DivergedAtStep,
            DivergedIn = result.DivergedIn,
            TestAccuracy = result.Test?.Accuracy,
            TestLoss = Finite(result.Test?.Loss),
            FinalLoss = Finite(result.Epochs[^1].Loss),
            ImagesPerSecond = Math.Round(result.ImagesPerSecond, 1),
            Seconds = Math.Round(result.Seconds, 3),
            Steps = result.Steps,
            Epochs = _settings.Epochs,
            Model = _card.Name,
            Parameters = _model.ParameterCount,
            Step = words["step"],
            Skip = words["skip"],
            Order = words["order"],
            Norm = words["norm"],
            Shortcut = words["shortcut"],
            Data = _settings.Data,
            TrainItems = _data.Train.Count,
            TestItems = _data.Test.Count,
            Batch = _settings.Batch,
            Lr = _settings.LearningRate,
            Schedule = $"{_schedule}",
            Momentum = _settings.Momentum,
            WeightDecay = _settings.WeightDecay,
            Seed = _settings.Seed,
            Threads = _settings.Threads,
            Coefficients = _model.Modules.OfType<Coefficient>().Where(c => c.Trained is not null).Distinct()
                .ToDictionary(c => c.Path, c => float.IsFinite(c.Trained!.Values[0]) ? c.Trained.Values[0] : (float?)null),
            Version = typeof(TrainRun).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion,
        };

        static double? Finite(double? value) => value is double number && double.IsFinite(number) ? number : null;
    }

    private static string Word(TrainingState state) => state switch
    {
        TrainingState.Completed => "completed",
        TrainingState.Diverged => "diverged",
        _ => "interrupted",
    };
}
