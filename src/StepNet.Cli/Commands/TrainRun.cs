using System.CommandLine;
using System.Reflection;
using StepNet.Data;
using StepNet.Models;
using StepNet.Nn;
using StepNet.Optim;
using StepNet.Training;

namespace StepNet.Cli.Commands;

/// <summary>One run of <c>stepnet train</c>: prepared in the constructor, where all that can be wrong shows.</summary>
internal sealed class TrainRun : IDisposable
{
    private readonly TrainSettings _settings;
    private readonly LearningRateSchedule _schedule;
    private readonly TrainingData _data;
    private readonly ModelCard _card;
    private readonly Nn.Module _model;
    private readonly RunFolder _folder;
    private readonly Checkpoint? _checkpoint;

    /// <param name="settings">What was asked for.</param>
    /// <param name="folder">The folder of a run that is to go on; null to make one.</param>
    /// <param name="checkpoint">Where that run stopped; null to start it.</param>
    /// <exception cref="UsageException">The settings contradict each other, or the run folder cannot be had.</exception>
    /// <exception cref="DataException">The data cannot be read.</exception>
    internal TrainRun(TrainSettings settings, RunFolder? folder = null, Checkpoint? checkpoint = null)
    {
        _checkpoint = checkpoint;
        _schedule = settings.Schedule.Create(settings.Optimizer.LearningRate, settings.Epochs);
        DatasetEntry dataset = settings.Dataset;
        string? digest = dataset.Inspection?.Digest;
        if (checkpoint?.Settings.TryGetValue(OwnDataArguments.Digest, out string? before) == true && before != digest)
        {
            throw new UsageException(
                $"the run in '{folder!.FullPath}' trained on other items than '{dataset.Source}' has now. Give it what it had, or start a new run.");
        }

        // Before the data, which may take a download.
        settings.Augment.CheckFits(dataset.ItemShape);
        ModelArguments.CheckReads(settings.Model, dataset);
        (ResNetOptions options, _model) = ModelArguments.Build(settings.Model, dataset.ItemShape, dataset.Classes.Count);
        Prepare(settings, checkpoint is null);
        _data = TrainingData.Load(settings, settings.ValidationItems);
        if (_data.Validation is null && (settings.Keep == "best" || settings.Patience is not null))
        {
            throw new UsageException("--keep best and --patience need a validation set. Leave --validation 0 out, or these.");
        }

        if (settings.StepGain is not null)
        {
            settings = AutoStep.Resolve(settings, _model, _data);
            (options, _model) = ModelArguments.Build(settings.Model, dataset.ItemShape, dataset.Classes.Count);
            Prepare(settings, checkpoint is null, again: true);
        }

        _settings = settings;
        _card = new ModelCard
        {
            Options = options,
            Classes = _data.Train.Classes,
            Mean = _data.Mean,
            Std = _data.Std,
            Item = _data.Train.ItemShape,
        };
        folder?.WriteConfig(settings.Config);
        _folder = folder ?? RunFolder.Create(settings.OutFolder, $"{_card.Name}-{dataset.Name}", settings.Config);
        Dictionary<string, string> saved = settings.Config.ToDictionary();
        if (digest is not null)
        {
            saved.Add(OwnDataArguments.Digest, digest);
        }

        _folder.Checkpoints.Settings = saved;
    }

    // A run that goes on has its values from the checkpoint; what is frozen is no value.
    private void Prepare(TrainSettings settings, bool isStart, bool again = false)
    {
        _model.Initialize(settings.Seed);
        if (isStart && settings.Weights is PretrainedWeights weights)
        {
            IReadOnlyList<string> classes = settings.Dataset.Classes;
            string copied = WeightsFile.Describe(weights, weights.CopyTo(_model, classes), classes.Count);
            if (!again)
            {
                Progress.Line(copied);
            }
        }

        try
        {
            settings.Freeze?.ApplyTo(_model);
        }
        catch (ArgumentException e)
        {
            throw new UsageException($"--freeze {e.Message}");
        }
    }

    /// <summary>Goes on with the run in a folder; starts it where the folder has no checkpoint.</summary>
    /// <exception cref="UsageException">The folder is in use, or an option would make it another run.</exception>
    internal static TrainRun Resume(string? path, ParseResult parsed)
    {
        path = path ?? throw new UsageException("--resume needs --out: the folder of the run that is to go on.");
        RunFolder? folder = RunFolder.Reopen(path);
        try
        {
            Checkpoint? checkpoint = folder?.Checkpoints.Read();
            if (checkpoint is null)
            {
                folder?.RefuseToBegin();
                Progress.Line($"no checkpoint in '{path}': the run starts from the beginning");

                // It may have been killed before its first: its settings are there by then.
                return new TrainRun(RunFolder.ConfigIn(path) is { Count: > 0 } config ? ResumedSettings.Of(parsed, config, path) : TrainArguments.Read(parsed), folder);
            }

            TrainSettings resumed = ResumedSettings.Of(parsed, checkpoint.Settings, path);
            if (folder!.Checkpoints.Notice is string notice)
            {
                Progress.Line(notice);
            }

            Progress.Line($"going on after step {checkpoint.Step:n0}, {checkpoint.Epochs.Count} epochs done");
            return new TrainRun(resumed, folder, checkpoint);
        }
        catch
        {
            folder?.Dispose();
            throw;
        }
    }

    public void Dispose() => _folder.Dispose();

    /// <summary>Trains, writes the folder, and returns the exit code.</summary>
    internal int Run()
    {
        using StopSignals signals = new();
        Progress.Line(
            $"{_card.Name}, {_model.ParameterCount:n0} parameters, step {_settings.Model.Step}, skip {_settings.Model.Skip}; "
            + $"{_settings.Dataset.Name}, {_data.Train.Count:n0} + {_data.Validation?.Count ?? 0:n0} + {_data.Test.Count:n0} items; "
            + $"cpu, {_settings.Threads} thread{(_settings.Threads == 1 ? "" : "s")}, batch {_settings.Batch}, seed {_settings.Seed}");
        if (_settings.Freeze is not null)
        {
            int trained = _model.Parameters.Where(parameter => !parameter.IsFrozen).Sum(parameter => parameter.Shape.ItemCount);
            Progress.Line($"frozen: {_settings.Freeze}; {trained:n0} of {_model.ParameterCount:n0} parameters are trained");
        }

        TrainingResult result;
        RunSummary summary;
        try
        {
            _folder.RemoveSummary();
            result = Train(signals.Token);
            summary = Summarize(result);
            _folder.WriteModel(_model, _card);
            _folder.WriteMetrics(result.Epochs);
            _folder.WriteSummary(summary);
        }
        catch (Exception e) when ((e is IOException or UnauthorizedAccessException) && _folder.HasCheckpoint)
        {
            throw new IOException($"{e.Message.TrimEnd('.')}; the last checkpoint is whole: {HowToResume}", e);
        }
        catch
        {
            _folder.RemoveIfUnused();
            throw;
        }

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
        List<EpochResult> epochs = [.. _checkpoint?.Epochs ?? []];
        List<LogRow> log = [.. _checkpoint?.Log ?? []];
        double elapsed = epochs.Sum(epoch => epoch.Seconds);
        long steps = (long)_settings.Epochs * ((_data.Train.Count + _settings.Batch - 1) / _settings.Batch);
        steps = Math.Min(steps, _settings.MaxSteps ?? steps);
        TrainingOptions options = new()
        {
            Epochs = _settings.Epochs,
            BatchSize = _settings.Batch,
            Schedule = _schedule,
            LabelSmoothing = _settings.LabelSmoothing,
            Seed = _settings.Seed,
            Threads = _settings.Threads,
            Recompute = _settings.Recompute,
            MaxSteps = _settings.MaxSteps,
            TimeBudget = _settings.Time,
            Patience = _settings.Patience,
            Keep = _settings.Keep switch { "best" => KeptModel.Best, "last" => KeptModel.Last, _ => null },
            TestEveryEpoch = _settings.TestEveryEpoch,
            LogEvery = _settings.LogEvery,
            SaveEvery = _settings.SaveEvery,
            OnDivergence = _settings.OnDivergence == "stop" ? DivergenceAction.Stop : DivergenceAction.RestoreAndHalveRate,
            Mixup = _settings.Augment.Mixup,
            TrainTransforms = _settings.Augment.Around(_data.Normalization),
            TestTransforms = _data.Normalization,
        };

        TrainingView view = new(_settings.Epochs, steps, _settings.Time - TimeSpan.FromSeconds(elapsed));
        using LiveView? live = _settings.Quiet || !LiveView.IsPossible ? null : LiveView.Show(view.Lines);
        using TapFile? taps = _settings.TapsEvery is long every ? _folder.Taps(every, _settings.Taps) : null;
        Trainer trainer = new(_model, _settings.Optimizer.Create(), options)
        {
            Checkpoints = _folder.Checkpoints,
            Taps = taps,
            Resume = _checkpoint,
            OnStep = step =>
            {
                view.Note(step);
                StartUpTime.Report(step);
                Heartbeat.Note(step);
            },
            OnEpoch = epoch =>
            {
                epochs.Add(epoch);
                elapsed += epoch.Seconds;
                view.Note(epoch);
                if (epoch.IsKept)
                {
                    _folder.WriteModel(_model, _card);
                }

                _folder.WriteMetrics(epochs);
                WriteLog();
                double rest = _settings.Time is TimeSpan time ? time.TotalSeconds - elapsed : elapsed / epoch.Steps * (steps - epoch.Steps);
                Progress.Epoch(epoch, _settings.Time is null ? _settings.Epochs : null, rest);
            },
            OnLog = log.Add,
            OnRestart = restart =>
            {
                // A restored run forgets what came after its checkpoint.
                epochs.RemoveAll(epoch => epoch.Steps > restart.RestoredStep);
                log.RemoveAll(row => row.Step > restart.RestoredStep);
                Progress.Line(
                    $"diverged at step {restart.DivergedAtStep}, {restart.DivergedIn}; going on from step {restart.RestoredStep} at "
                    + $"{restart.RateFactor:g3} of the learning rate");
            },
        };
        TrainingResult result;
        try
        {
            result = trainer.Run(_data.Train, _data.Validation, _data.Test, stop);
        }
        catch (CheckpointMismatchException e)
        {
            throw new UsageException($"the run in '{_folder.FullPath}' cannot go on, as when its data have changed: {e.Message}");
        }

        WriteLog();
        return result;

        void WriteLog()
        {
            if (_settings.LogEvery is not null)
            {
                _folder.WriteLog(log);
            }
        }
    }

    private void Conclude(TrainingResult result)
    {
        string outcome = result.State == TrainingState.Diverged
            ? $" at step {result.DivergedAtStep}: a loss, gradient or update is NaN or infinite; try a lower --lr or --step"
            : result.Test is null ? ""
            : result.KeptEpoch is int kept ? $", test accuracy {100 * result.Test.Accuracy:f2} % with the best epoch, {kept}"
            : $", test accuracy {100 * result.Test.Accuracy:f2} %";
        Progress.Line(
            $"{Word(result.State)}{outcome}, {Progress.Duration(result.Seconds)}, {result.ImagesPerSecond:n0} images/s");
        if (result.DivergedIn is not null)
        {
            Progress.Line($"first bad numbers: {result.DivergedIn}");
        }

        if (result.State == TrainingState.Diverged)
        {
            Progress.Line($"last finite checkpoint: step {result.LastCheckpointStep}");
        }

        Progress.Line(result.State == TrainingState.Interrupted ? $"saved at step {result.Steps}: {HowToResume}" : $"run folder: {_folder.FullPath}");
    }

    private string HowToResume => $"go on with: stepnet train --resume --out {(
        _folder.FullPath.Contains(' ', StringComparison.Ordinal) ? $"\"{_folder.FullPath}\"" : _folder.FullPath)}";

    private RunSummary Summarize(TrainingResult result)
    {
        IReadOnlyDictionary<string, string> words = _card.ToMetadata();
        return new RunSummary
        {
            State = Word(result.State),
            DivergedAtStep = result.DivergedAtStep,
            DivergedIn = result.DivergedIn,
            Restarts = result.Restarts,
            KeptEpoch = result.KeptEpoch,
            ValidationAccuracy = result.KeptEpoch is int kept ? result.Epochs[kept - 1].Validation!.Accuracy : null,
            TestAccuracy = result.Test?.Accuracy,
            TestLoss = Finite(result.Test?.Loss),
            FinalLoss = Finite(result.Epochs is [.., EpochResult last] ? last.Loss : null),
            ImagesPerSecond = Math.Round(result.ImagesPerSecond, 1),
            Seconds = Math.Round(result.Seconds, 3),
            Steps = result.Steps,
            Epochs = _settings.Epochs,
            Model = _card.Name,
            Parameters = _model.ParameterCount,
            Step = words["step"],
            Skip = words["skip"],
            Integrator = words["integrator"],
            Order = words.GetValueOrDefault("order"),
            Norm = words["norm"],
            Shortcut = words.GetValueOrDefault("shortcut"),
            Head = words.GetValueOrDefault("head"),
            Width = _card.Options!.Width,
            Weights = _settings.Weights?.Path,
            Freeze = _settings.Freeze?.ToString(),
            Data = _settings.Dataset.Name,
            DataDigest = _settings.Dataset.Inspection?.Digest,
            TrainItems = _data.Train.Count,
            ValidationItems = _data.Validation?.Count ?? 0,
            TestItems = _data.Test.Count,
            Balance = _settings.Balance,
            Augment = $"{_settings.Augment}",
            NoisePixels = _settings.NoisePixels,
            NoiseCharacters = _settings.NoiseCharacters,
            NoiseLabels = _settings.NoiseLabels,
            Batch = _settings.Batch,
            Optimizer = _settings.Optimizer.Name,
            Lr = _settings.Optimizer.LearningRate,
            Schedule = $"{_schedule}",
            Momentum = _settings.Optimizer.Momentum,
            Nesterov = _settings.Optimizer.Nesterov,
            Beta1 = _settings.Optimizer.Beta1,
            Beta2 = _settings.Optimizer.Beta2,
            Epsilon = _settings.Optimizer.Epsilon,
            WeightDecay = _settings.Optimizer.WeightDecay,
            Decay = _settings.Optimizer.Decay,
            ClipNorm = _settings.Optimizer.ClipNorm,
            ClipValue = _settings.Optimizer.ClipValue,
            LabelSmoothing = _settings.LabelSmoothing,
            Seed = _settings.Seed,
            Threads = _settings.Threads,
            Coefficients = _model.Modules.OfType<Coefficient>().Where(c => c.Trained is not null).Distinct()
                .ToDictionary(c => c.Path, c => float.IsFinite((float)c.Value) ? (float)c.Value : (float?)null),
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
