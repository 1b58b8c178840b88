using System.Diagnostics;
using StepNet.Data;
using StepNet.Execution;
using StepNet.Graph;
using StepNet.Nn;
using StepNet.Optim;
using StepNet.Passes;

namespace StepNet.Training;

/// <summary>
/// One process of a run: its program, buffers and place. What a later process needs to go on is <see cref="_state"/> and
/// <see cref="_values"/>, and nothing else.
/// </summary>
internal sealed class TrainingSession : IDisposable
{
    private readonly Trainer _trainer;
    private readonly TrainingOptions _options;
    private readonly CancellationToken _cancellation;
    private readonly Slot _learningRate;
    private readonly BatchLoader _loader;
    private readonly GraphProgram _program;
    private readonly IExecutor _executor;
    private readonly Evaluator? _validation;
    private readonly Evaluator? _test;
    private readonly RunValues _values;
    private readonly bool _keepsBest;
    private readonly int _itemCount;
    private readonly long _plannedSteps;
    private readonly long _lastStep;
    private readonly TimePlan? _time;
    private readonly StepRates _rates;
    private readonly IReadOnlyList<TapSeries> _series;
    private readonly string[] _taps;
    private readonly float[] _tapped;
    private readonly long _start = Stopwatch.GetTimestamp();
    private readonly double _secondsBefore;
    private RunState _state;
    private Checkpoint _checkpoint;
    private Checkpoint? _before;
    private long _epochStart;
    private int _epochRates;
    private bool _timeIsUp;
    private TrainingState _outcome = TrainingState.Completed;
    private long? _divergedAt;
    private string? _divergedIn;

    internal TrainingSession(
        Trainer trainer,
        Module model,
        Optimizer optimizer,
        TrainingOptions options,
        (IDataset Train, IDataset? Validation, IDataset? Test) data,
        CancellationToken cancellation)
    {
        (_trainer, _options, _cancellation, _learningRate) = (trainer, options, cancellation, optimizer.LearningRate);
        _itemCount = data.Train.ItemShape.ItemCount;
        _loader = new BatchLoader(data.Train, options.BatchSize, options.TrainTransforms, shuffle: true, options.Seed, options.Mixup);
        _program = TrainingGraph.Build(
            model,
            data.Train.ItemShape,
            optimizer,
            options.LabelSmoothing,
            options.Mixup is null ? Shape.Batch() : Shape.Batch(data.Train.Classes.Count),
            trainer.Taps?.Kinds ?? TapKinds.None,
            out _series,
            options.Recompute);
        _taps = [.. _series.Select(series => $"{series}")];
        _tapped = new float[_taps.Length];
        Logits.Check(_program.Outputs["logits"].Shape, data.Train);
        _keepsBest = data.Validation is not null && options.Keep != KeptModel.Last;
        _plannedSteps = (long)options.Epochs * _loader.BatchesPerEpoch;
        _lastStep = Math.Min(options.TimeBudget is null ? _plannedSteps : long.MaxValue, options.MaxSteps ?? long.MaxValue);
        _time = options.TimeBudget is TimeSpan budget
            ? new TimePlan(budget.TotalSeconds, (data.Validation?.Count ?? 0) + ((options.TestEveryEpoch ? 2 : 1) * (data.Test?.Count ?? 0))) : null;
        _rates = new StepRates(_lastStep);
        _validation = Evaluator(data.Validation);
        _test = Evaluator(data.Test);
        _executor = Executors.Create(_program, Math.Min(options.BatchSize, data.Train.Count), options.Threads);
        _values = new RunValues(_program, _executor, model);

        // A bad step changes nothing: it can be replayed, and the variables keep the values that made it.
        _executor.Guard = "guard";
        _state = new RunState
        {
            Plan = $"{data.Train.Count} items in batches of {options.BatchSize}, {options.Epochs} epochs, seed {options.Seed}",
        };
        if (trainer.Resume is not null)
        {
            Restore(trainer.Resume);
        }

        _secondsBefore = _state.Seconds;
        _checkpoint = trainer.Resume ?? Capture();

        Evaluator? Evaluator(IDataset? set) =>
            set is null ? null : new(model, set, options.TestTransforms, options.TestBatchSize, options.Threads);
    }

    private double Elapsed => _secondsBefore + Stopwatch.GetElapsedTime(_start).TotalSeconds;

    private bool IsOver => _state.Step >= _lastStep || TimeIsUp() || IsCutShort(_state)
        || (_options.Patience is int patience && _state.Epochs.Count - (_state.Best?.Epoch ?? 0) >= patience);

    // A last epoch with fewer steps than an epoch has: the time or the steps were up, and a run that goes on from here has only its test to do.
    private bool IsCutShort(RunState state) => state.Items == 0 && state.Step < (long)state.Epochs.Count * _loader.BatchesPerEpoch;

    // Once up it stays up, though the estimate of what is left to do moves with every step.
    private bool TimeIsUp() => _timeIsUp |= _time is not null && Elapsed >= _time.TrainingSeconds;

    internal TrainingResult Run()
    {
        if (_trainer.Resume is null)
        {
            _trainer.Checkpoints?.Write(_checkpoint);
        }

        _trainer.Taps?.Open(_series, _state.Step);

        // An epoch whose steps are done may still lack its validation: the run was stopped in between.
        while (_outcome == TrainingState.Completed && (!IsOver || _state.Items > 0))
        {
            Epoch(_state.Epochs.Count);
        }

        int? kept = Keep();
        EvaluationResult? test = Test(kept);
        return new TrainingResult
        {
            State = _outcome,
            Steps = _state.Step,
            DivergedAtStep = _divergedAt,
            DivergedIn = _divergedIn,
            LastCheckpointStep = _checkpoint.Step,
            Restarts = _state.Restarts,
            Epochs = _state.Epochs,
            KeptEpoch = kept,
            Test = test,
            ImagesPerSecond = _rates.Median(from: 1),
            Seconds = Elapsed,
        };
    }

    public void Dispose()
    {
        _trainer.Taps?.Dispose();
        _executor.Dispose();
        _validation?.Dispose();
        _test?.Dispose();
    }

    private void Epoch(int epoch)
    {
        long stepStart = _epochStart = Stopwatch.GetTimestamp();
        _epochRates = Math.Max(_rates.Count, 1);
        int first = (int)(_state.Step - ((long)epoch * _loader.BatchesPerEpoch));
        foreach (Batch batch in _loader.Epoch(epoch, first))
        {
            if (IsOver)
            {
                break;
            }

            StepResult step = Step(epoch, batch, stepStart, out float guard);
            _trainer.OnStep?.Invoke(step);
            Log(step);
            if (!float.IsFinite(guard))
            {
                Diverge(step.Step, FirstBad(batch));
                return;
            }

            if (_cancellation.IsCancellationRequested)
            {
                Interrupt();
                return;
            }

            if (_state.Step % (_options.SaveEvery ?? long.MaxValue) == 0)
            {
                if (LastUpdateBroke())
                {
                    return;
                }

                Save();
            }

            stepStart = Stopwatch.GetTimestamp();
        }

        EndEpoch();
    }

    // The warm step: no allocation, so no pause of the collector.
    private StepResult Step(int epoch, Batch batch, long start, out float guard)
    {
        long place = _time is null ? _state.Step : (long)(_time.Progress(Elapsed) * (_plannedSteps - 1));
        double lr = _state.RateFactor * _options.Schedule.At(place, _loader.BatchesPerEpoch, _plannedSteps);
        int n = batch.Count;
        _executor.Set(_learningRate, lr);
        _executor.Random = new RandomKey(_options.Seed, _state.Step);
        _executor.Observe = _trainer.Taps is not null && _state.Step % _trainer.Taps.Every == 0;
        _executor.Feed("input", batch.Items.AsSpan(0, n * _itemCount));
        _executor.Feed("labels", batch.Targets.Span);
        _executor.Run(n);

        float loss = 0, correct = 0;
        guard = 0;
        _executor.Fetch("guard", new Span<float>(ref guard));
        _executor.Fetch("loss", new Span<float>(ref loss));
        _executor.Fetch("correct", new Span<float>(ref correct));
        WriteTaps();
        double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        _rates.Add(n, seconds);
        _time?.NoteStep(n, seconds);
        _state.LossSum += (double)loss * n;
        _state.Correct += (int)correct;
        _state.Items += n;
        _state.LearningRate = lr;
        return new StepResult(_state.Step++, epoch, lr, loss, (int)correct, n, seconds);
    }

    private void WriteTaps()
    {
        if (_executor.Observe)
        {
            for (int i = 0; i < _taps.Length; i++)
            {
                _executor.Fetch(_taps[i], _tapped.AsSpan(i, 1));
            }

            _trainer.Taps!.Write(_state.Step, _tapped);
        }
    }

    private void Log(in StepResult step)
    {
        if (_options.LogEvery is not long every)
        {
            return;
        }

        _state.LogLossSum += step.Loss * step.Items;
        _state.LogCorrect += step.Correct;
        _state.LogItems += step.Items;
        if (_state.Step % every == 0)
        {
            LogRow row = new(
                _state.Step, _state.LogLossSum / _state.LogItems, (double)_state.LogCorrect / _state.LogItems, step.LearningRate);
            _state.Log.Add(row);
            (_state.LogLossSum, _state.LogCorrect, _state.LogItems) = (0, 0, 0);
            _trainer.OnLog?.Invoke(row);
        }
    }

    private void EndEpoch()
    {
        // The time may be up before an epoch's first step.
        if (_state.Items == 0 || LastUpdateBroke())
        {
            return;
        }

        _values.GiveLast();
        EvaluationResult? validation, test;
        try
        {
            validation = Evaluate(_validation);
            test = _options.TestEveryEpoch ? Evaluate(_test) : null;
        }
        catch (OperationCanceledException)
        {
            Interrupt();
            return;
        }

        if (validation is not null && !double.IsFinite(validation.Loss))
        {
            Diverge(_state.Step - 1, "the validation: its loss is not finite, while all variables are");
            return;
        }

        AddRow(validation, test);
        if (_keepsBest && _state.Epochs[^1].IsKept)
        {
            _values.KeepBest();
        }

        Save();
        _trainer.OnEpoch?.Invoke(_state.Epochs[^1]);
    }

    private void AddRow(EvaluationResult? validation, EvaluationResult? test)
    {
        bool isKept = !_keepsBest || (validation is not null && validation.Correct > (_state.Best?.Validation!.Correct ?? -1));
        _state.Epochs.Add(new EpochResult(
            _state.Epochs.Count + 1,
            _state.Step,
            _state.LossSum / _state.Items,
            (double)_state.Correct / _state.Items,
            validation,
            test,
            _state.LearningRate,
            _state.EpochSeconds + Stopwatch.GetElapsedTime(_epochStart).TotalSeconds,
            _rates.Median(_epochRates),
            isKept));
        (_state.LossSum, _state.Correct, _state.Items, _state.EpochSeconds) = (0, 0, 0, 0);
        _epochStart = Stopwatch.GetTimestamp();
    }

    private void Interrupt()
    {
        if (!LastUpdateBroke())
        {
            _outcome = TrainingState.Interrupted;
            Save();
        }
    }

    // The guard sees what an update broke one step later: too late for a checkpoint.
    private bool LastUpdateBroke()
    {
        FirstBadNode? bad = FirstBadNode.FindVariable(_program, _executor);
        if (bad is not null)
        {
            Diverge(_state.Step - 1, bad.Message);
        }

        return bad is not null;
    }

    private void Diverge(long step, string where)
    {
        if (_options.OnDivergence == DivergenceAction.RestoreAndHalveRate && _state.Restarts.Count < Trainer.MaxRestarts)
        {
            // Saved behind an update that left it finite and lost, it would come to the same again: the rate has no part in what follows.
            _checkpoint = _checkpoint.Step >= step && _before is not null ? _before : _checkpoint;
            Restart restart = new(step, where, _checkpoint.Step, _state.RateFactor / 2);
            Restart[] restarts = [.. _state.Restarts, restart];
            Restore(_checkpoint);
            _trainer.Taps?.KeepBefore(_state.Step);
            _state.RateFactor = restart.RateFactor;
            _state.Restarts.Clear();
            _state.Restarts.AddRange(restarts);
            _trainer.OnRestart?.Invoke(restart);
            return;
        }

        (_outcome, _divergedAt, _divergedIn) = (TrainingState.Diverged, step, where);
        AddRow(null, null);
        if (FirstBadNode.FindVariable(_program, _executor) is not null)
        {
            // An update broke them, which the guard sees one step late; a model of NaN is of no use to anybody.
            _values.GoBack(_checkpoint);
        }

        _values.GiveLast();
        _trainer.OnEpoch?.Invoke(_state.Epochs[^1]);
    }

    private string FirstBad(Batch batch)
    {
        Dictionary<string, ReadOnlyMemory<float>> inputs = new()
        {
            ["input"] = batch.Items.AsMemory(0, batch.Count * _itemCount),
            ["labels"] = batch.Targets,
        };
        return FirstBadNode.Find(_program, _executor, "guard", batch.Count, inputs, _options.Threads)?.Message
            ?? "a sum at the edge of float32: added in another order, as in the replay, it stayed finite";
    }

    private EvaluationResult? Evaluate(Evaluator? evaluator)
    {
        if (evaluator is null)
        {
            return null;
        }

        long start = Stopwatch.GetTimestamp();
        EvaluationResult result = evaluator.Evaluate(_cancellation);
        _time?.NoteTest(result.Items, Stopwatch.GetElapsedTime(start).TotalSeconds);
        return result;
    }

    /// <summary>Gives the model the values that it keeps, and names their epoch.</summary>
    private int? Keep()
    {
        if (_values.GiveBest())
        {
            return _state.Best!.Epoch;
        }

        _values.GiveLast();
        return null;
    }

    private EvaluationResult? Test(int? kept)
    {
        try
        {
            EvaluationResult? result = _outcome == TrainingState.Interrupted ? null : Evaluate(_test);
            if (_outcome == TrainingState.Completed && kept is null && result is not null && !double.IsFinite(result.Loss))
            {
                (_outcome, _divergedAt) = (TrainingState.Diverged, _state.Step - 1);
                _divergedIn = "the test: its loss is not finite, while all variables are";
            }

            return result;
        }
        catch (OperationCanceledException)
        {
            _outcome = _outcome == TrainingState.Diverged ? _outcome : TrainingState.Interrupted;
            return null;
        }
    }

    private void Save()
    {
        // The rows first: a checkpoint never counts a step whose row a kill could take.
        _trainer.Taps?.Flush();
        _before = _options.OnDivergence == DivergenceAction.RestoreAndHalveRate ? _checkpoint : null;
        _checkpoint = Capture();
        _trainer.Checkpoints?.Write(_checkpoint);
    }

    private Checkpoint Capture()
    {
        _state.Seconds = Elapsed;
        if (_state.Items > 0)
        {
            _state.EpochSeconds += Stopwatch.GetElapsedTime(_epochStart).TotalSeconds;
            _epochStart = Stopwatch.GetTimestamp();
        }

        return _values.Capture(_state, _trainer.Checkpoints?.Settings ?? new Dictionary<string, string>());
    }

    private void Restore(Checkpoint checkpoint)
    {
        RunState state = checkpoint.State();
        if (state.Plan != _state.Plan)
        {
            throw new CheckpointMismatchException($"The checkpoint is of another run: {state.Plan}; this one: {_state.Plan}. Start a new run.");
        }

        if (state.Step < _lastStep && IsCutShort(state) && _options.TimeBudget is null)
        {
            throw new CheckpointMismatchException(
                $"The checkpoint is of a run that ended in the middle of an epoch, at step {state.Step}; it cannot go on to {_lastStep}. Start a new run.");
        }

        _values.Restore(checkpoint, hasBest: _keepsBest && state.Best is not null);
        _state = state;
    }
}
