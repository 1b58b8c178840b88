using StepNet.Data;
using StepNet.Optim;

namespace StepNet.Training;

/// <summary>How a run goes, apart from model, optimizer and data.</summary>
public sealed record TrainingOptions
{
    /// <summary>Passes over the training set, at least 1; with <see cref="TimeBudget"/> the scale of the schedule alone.</summary>
    public int Epochs { get; init; } = 10;

    /// <summary>Items per step, at least 1; the last step of an epoch takes what is left.</summary>
    public int BatchSize { get; init; } = 128;

    /// <summary>Learning rate of each step, whatever the optimizer: ADAM's usual 0.001 must be said here.</summary>
    public LearningRateSchedule Schedule { get; init; } = new ConstantSchedule(0.1);

    /// <summary>
    /// Share of the target that is spread evenly over all classes, in [0, 1] (Szegedy et al. 2016). It changes the training loss;
    /// tests take the labels as they are.
    /// </summary>
    public double LabelSmoothing { get; init; }

    /// <summary>Seed of the order of items, their augmentation and random masks. The model's parameters are the caller's: <see cref="Nn.Module.Initialize"/>.</summary>
    public ulong Seed { get; init; } = 1;

    /// <summary>Threads, or 0: see <see cref="Execution.ThreadCount"/>.</summary>
    public int Threads { get; init; }

    /// <summary>
    /// Whether the backward pass computes activations again rather than finding them in memory: a deep network then takes a
    /// fraction of the memory, and at most about 1.4 times the time. The activations are the same to the bit; sums over the batch may
    /// be taken in other parts, so that gradients of weights differ in their last bits.
    /// </summary>
    public bool Recompute { get; init; }

    /// <summary>Ends the run after this many steps, at least 1; null for none. The schedule keeps the plan of all epochs.</summary>
    public long? MaxSteps { get; init; }

    /// <summary>
    /// Ends the run in time, the final test included, whatever the epochs done; null for none. The schedule follows the clock, so
    /// such a run cannot be repeated bit for bit.
    /// </summary>
    public TimeSpan? TimeBudget { get; init; }

    /// <summary>The values that the model has in the end; null for the best where there is a validation set, otherwise the last.</summary>
    public KeptModel? Keep { get; init; }

    /// <summary>Ends the run after this many epochs without a better validation accuracy, at least 1; null for never.</summary>
    public int? Patience { get; init; }

    /// <summary>Whether the test set is evaluated after each epoch too: to be shown, never to choose by.</summary>
    public bool TestEveryEpoch { get; init; }

    /// <summary>Saves a checkpoint every so many steps, at least 1; null for the ends of epochs alone.</summary>
    public long? SaveEvery { get; init; }

    /// <summary>Gives a <see cref="LogRow"/> every so many steps, at least 1; null for none.</summary>
    public long? LogEvery { get; init; }

    /// <summary>What happens where a loss or a gradient is not finite.</summary>
    public DivergenceAction OnDivergence { get; init; }

    /// <summary>Applied to each training item.</summary>
    public IReadOnlyList<ITransform> TrainTransforms { get; init; } = [];

    /// <summary>
    /// Mixes the training items of each batch, behind their transforms; null for none. The training accuracy then counts an item
    /// as right where the larger of its two labels is met.
    /// </summary>
    public Mixup? Mixup { get; init; }

    /// <summary>Applied to each validation and test item.</summary>
    public IReadOnlyList<ITransform> TestTransforms { get; init; } = [];

    /// <summary>Items per batch when testing, at least 1; the result does not depend on it.</summary>
    public int TestBatchSize { get; init; } = 256;
}
