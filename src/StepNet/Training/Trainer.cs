using StepNet.Data;
using StepNet.Graph;
using StepNet.Nn;
using StepNet.Optim;

namespace StepNet.Training;

/// <summary>
/// Trains a model: batches in, steps of one traced program, validation after each epoch, one test in the end. The model's own
/// values follow at the end of each epoch; after the run they are the kept ones.
/// </summary>
/// <param name="model">Items to logits <c>[N, classes]</c>; starts from its present values.</param>
/// <param name="optimizer">Update rule, used for this run alone: it remembers momenta.</param>
/// <param name="options">How the run goes.</param>
public sealed class Trainer(Module model, Optimizer optimizer, TrainingOptions options)
{
    /// <summary>Divergences that <see cref="DivergenceAction.RestoreAndHalveRate"/> goes on from, at most.</summary>
    public const int MaxRestarts = 5;

    /// <summary>Called after each step, on the training thread.</summary>
    public Action<StepResult>? OnStep { get; init; }

    /// <summary>Called after each epoch, when the model holds the epoch's values.</summary>
    public Action<EpochResult>? OnEpoch { get; init; }

    /// <summary>Called every <see cref="TrainingOptions.LogEvery"/> steps, on the training thread.</summary>
    public Action<LogRow>? OnLog { get; init; }

    /// <summary>Called when a run goes on from a divergence.</summary>
    public Action<Restart>? OnRestart { get; init; }

    /// <summary>Where the run saves itself: at its start, after each epoch, when stopped; null for nowhere.</summary>
    public CheckpointFile? Checkpoints { get; init; }

    /// <summary>Where the run writes norms, activations and coefficients by step; null to watch nothing. It changes no number of the run.</summary>
    public TapFile? Taps { get; init; }

    /// <summary>Where an earlier process left this run; null to start it.</summary>
    public Checkpoint? Resume { get; init; }

    /// <summary>Runs to the end: of the epochs, the steps, the time, the patience, finite numbers, or until the caller stops it.</summary>
    /// <param name="train">Not empty.</param>
    /// <param name="validation">Evaluated after each epoch, to choose the best; null for none: the last values are kept.</param>
    /// <param name="test">Evaluated once, with the values that are kept; null for none.</param>
    /// <param name="cancellation">Stops after the step at work, with a checkpoint.</param>
    /// <returns>How it went. A diverged or interrupted run is a result, never an exception.</returns>
    /// <exception cref="ArgumentException">The options contradict each other.</exception>
    /// <exception cref="CheckpointMismatchException"><see cref="Resume"/> is of another run.</exception>
    /// <exception cref="ShapeMismatchException">Model and data do not fit.</exception>
    /// <exception cref="TraceMismatchException">The model's <c>Forward</c> depends on more than shapes and settings.</exception>
    /// <exception cref="IOException">A checkpoint or a row could not be written; the last checkpoint is whole.</exception>
    public TrainingResult Run(
        IDataset train, IDataset? validation = null, IDataset? test = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(train);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(options.Epochs, nameof(options.Epochs));
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(options.MaxSteps ?? 1, nameof(options.MaxSteps));
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(options.SaveEvery ?? 1, nameof(options.SaveEvery));
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(options.LogEvery ?? 1, nameof(options.LogEvery));
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(options.Patience ?? 1, nameof(options.Patience));
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(options.TimeBudget ?? TimeSpan.MaxValue, TimeSpan.Zero, nameof(options.TimeBudget));
        if (validation is null && (options.Keep == KeptModel.Best || options.Patience is not null))
        {
            throw new ArgumentException("The best epoch and patience are judged by a validation set; give one, or leave both out.");
        }

        using TrainingSession session = new(this, model, optimizer, options, (train, validation, test), cancellation);
        return session.Run();
    }
}
