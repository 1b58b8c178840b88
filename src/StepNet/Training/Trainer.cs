using System.Diagnostics;
using StepNet.Data;
using StepNet.Execution;
using StepNet.Graph;
using StepNet.Nn;
using StepNet.Optim;
using StepNet.Passes;

namespace StepNet.Training;

/// <summary>
/// Trains a model: batches in, steps of one traced program, a test after each epoch. The model's own values follow at the end of
/// each epoch and of the run.
/// </summary>
/// <param name="model">Items to logits <c>[N, classes]</c>; starts from its present values.</param>
/// <param name="optimizer">Update rule, used for this run alone: it remembers momenta.</param>
/// <param name="options">How the run goes.</param>
public sealed class Trainer(Module model, Optimizer optimizer, TrainingOptions options)
{
    /// <summary>Called after each step, on the training thread.</summary>
    public Action<StepResult>? OnStep { get; init; }

    /// <summary>Called after each epoch, when the model holds the epoch's values.</summary>
    public Action<EpochResult>? OnEpoch { get; init; }

    /// <summary>Runs to the end: of the epochs, of the steps, of a finite loss, or of the caller's patience.</summary>
    /// <param name="train">Not empty.</param>
    /// <param name="test">Tested after each epoch; null for no tests.</param>
    /// <param name="cancellation">Stops after the step at work.</param>
    /// <returns>How it went. A diverged or interrupted run is a result, never an exception.</returns>
    /// <exception cref="ShapeMismatchException">Model and data do not fit.</exception>
    /// <exception cref="TraceMismatchException">The model's <c>Forward</c> depends on more than shapes and settings.</exception>
    public TrainingResult Run(IDataset train, IDataset? test = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(train);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(options.Epochs, nameof(options.Epochs));
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(options.MaxSteps ?? 1, nameof(options.MaxSteps));
        using Session session = new(model, optimizer, options, train, test);
        return session.Run(OnStep, OnEpoch, cancellation);
    }

    /// <summary>One run: its program, buffers and counts.</summary>
    private sealed class Session : IDisposable
    {
        private readonly TrainingOptions _options;
        private readonly Slot _learningRate;
        private readonly BatchLoader _loader;
        private readonly GraphProgram _program;
        private readonly IExecutor _executor;
        private readonly Evaluator? _evaluator;
        private readonly Variable[] _modelValues;
        private readonly int _itemCount;
        private readonly long _plannedSteps;
        private readonly long _lastStep;
        private readonly StepRates _rates;
        private readonly List<EpochResult> _epochs = [];
        private TrainingState _state = TrainingState.Completed;
        private long _step;
        private long? _divergedAt;
        private string? _divergedIn;

        internal Session(Module model, Optimizer optimizer, TrainingOptions options, IDataset train, IDataset? test)
        {
            _options = options;
            _learningRate = optimizer.LearningRate;
            _itemCount = train.ItemShape.ItemCount;
            _loader = new BatchLoader(train, options.BatchSize, options.TrainTransforms, shuffle: true, options.Seed);
            _program = TrainingGraph.Build(model, train.ItemShape, optimizer);
            Logits.Check(_program.Outputs["logits"].Shape, train);
            HashSet<Variable> held = [.. _program.Variables];
            _modelValues = [.. model.State.Where(held.Contains)];
            _plannedSteps = (long)options.Epochs * _loader.BatchesPerEpoch;
            _lastStep = Math.Min(_plannedSteps, options.MaxSteps ?? long.MaxValue);
            _rates = new StepRates(_lastStep);
            _evaluator = test is null ? null
                : new Evaluator(model, test, options.TestTransforms, options.TestBatchSize, options.Threads);
            _executor = Executors.Create(_program, Math.Min(options.BatchSize, train.Count), options.Threads);

            // A bad step changes nothing: it can be replayed, and the model keeps the values that made it.
            _executor.Guard = "loss";
        }

        internal TrainingResult Run(Action<StepResult>? onStep, Action<EpochResult>? onEpoch, CancellationToken cancellation)
        {
            long start = Stopwatch.GetTimestamp();
            for (int epoch = 0; _step < _lastStep && _state == TrainingState.Completed; epoch++)
            {
                EpochResult result = Epoch(epoch, onStep, cancellation);
                _epochs.Add(result);
                onEpoch?.Invoke(result);
            }

            return new TrainingResult
            {
                State = _state,
                Steps = _step,
                DivergedAtStep = _divergedAt,
                DivergedIn = _divergedIn,
                Epochs = _epochs,
                ImagesPerSecond = _rates.Median(from: 1),
                Seconds = Stopwatch.GetElapsedTime(start).TotalSeconds,
            };
        }

        private EpochResult Epoch(int epoch, Action<StepResult>? onStep, CancellationToken cancellation)
        {
            long start = Stopwatch.GetTimestamp(), stepStart = start;
            int firstRate = Math.Max(_rates.Count, 1);
            long items = 0, correct = 0;
            double loss = 0, lr = 0;
            foreach (Batch batch in _loader.Epoch(epoch))
            {
                StepResult step = Step(epoch, batch, stepStart);
                (loss, lr) = (loss + (step.Loss * step.Items), step.LearningRate);
                correct += step.Correct;
                items += step.Items;
                onStep?.Invoke(step);
                Judge(step, batch, cancellation);
                if (_state != TrainingState.Completed || _step == _lastStep)
                {
                    break;
                }

                stepStart = Stopwatch.GetTimestamp();
            }

            foreach (Variable variable in _modelValues)
            {
                _executor.Read(variable, variable.Values);
            }

            return new EpochResult(
                epoch + 1,
                _step,
                loss / items,
                (double)correct / items,
                Test(cancellation),
                lr,
                Stopwatch.GetElapsedTime(start).TotalSeconds,
                _rates.Median(firstRate));
        }

        // The warm step: no allocation, so no pause of the collector.
        private StepResult Step(int epoch, Batch batch, long start)
        {
            double lr = _options.Schedule.At(_step, _loader.BatchesPerEpoch, _plannedSteps);
            int n = batch.Count;
            _executor.Set(_learningRate, lr);
            _executor.Random = new RandomKey(_options.Seed, _step);
            _executor.Feed("input", batch.Items.AsSpan(0, n * _itemCount));
            _executor.Feed("labels", batch.Labels.AsSpan(0, n));
            _executor.Run(n);

            float loss = 0, correct = 0;
            _executor.Fetch("loss", new Span<float>(ref loss));
            _executor.Fetch("correct", new Span<float>(ref correct));
            double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
            _rates.Add(n, seconds);
            return new StepResult(_step++, epoch, lr, loss, (int)correct, n, seconds);
        }

        private void Judge(in StepResult step, Batch batch, CancellationToken cancellation)
        {
            if (!double.IsFinite(step.Loss))
            {
                (_state, _divergedAt, _divergedIn) = (TrainingState.Diverged, step.Step, FirstBad(batch));
            }
            else if (cancellation.IsCancellationRequested && _step < _lastStep)
            {
                _state = TrainingState.Interrupted;
            }
        }

        private string FirstBad(Batch batch)
        {
            Dictionary<string, ReadOnlyMemory<float>> inputs = new()
            {
                ["input"] = batch.Items.AsMemory(0, batch.Count * _itemCount),
                ["labels"] = batch.Labels.AsMemory(0, batch.Count),
            };
            return FirstBadNode.Find(_program, _executor, "loss", batch.Count, inputs, _options.Threads)?.Message
                ?? "a sum at the edge of float32: added in another order, as in the replay, it stayed finite";
        }

        private EvaluationResult? Test(CancellationToken cancellation)
        {
            if (_evaluator is null || _state == TrainingState.Interrupted)
            {
                return null;
            }

            try
            {
                EvaluationResult result = _evaluator.Evaluate(cancellation);
                if (_state == TrainingState.Completed && !double.IsFinite(result.Loss))
                {
                    // The last update broke the parameters or the running state: no training loss has shown it yet.
                    (_state, _divergedAt) = (TrainingState.Diverged, _step - 1);
                    _divergedIn = FirstBadNode.FindVariable(_program, _executor)?.Message
                        ?? "the test: its loss is not finite, while all variables are";
                }

                return result;
            }
            catch (OperationCanceledException)
            {
                _state = _state == TrainingState.Diverged ? _state : TrainingState.Interrupted;
                return null;
            }
        }

        public void Dispose()
        {
            _executor.Dispose();
            _evaluator?.Dispose();
        }
    }
}
