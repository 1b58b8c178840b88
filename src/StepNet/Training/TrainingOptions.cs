using StepNet.Data;
using StepNet.Optim;

namespace StepNet.Training;

/// <summary>How a run goes, apart from model, optimizer and data.</summary>
public sealed record TrainingOptions
{
    /// <summary>Passes over the training set, at least 1.</summary>
    public int Epochs { get; init; } = 10;

    /// <summary>Items per step, at least 1; the last step of an epoch takes what is left.</summary>
    public int BatchSize { get; init; } = 128;

    /// <summary>Learning rate of each step.</summary>
    public LearningRateSchedule Schedule { get; init; } = new ConstantSchedule(0.1);

    /// <summary>Seed of the order of items, their augmentation and random masks. The model's parameters are the caller's.</summary>
    public ulong Seed { get; init; } = 1;

    /// <summary>Threads, or 0: see <see cref="Execution.ThreadCount"/>.</summary>
    public int Threads { get; init; }

    /// <summary>Ends the run after this many steps, at least 1; null for none. The schedule keeps the plan of all epochs.</summary>
    public long? MaxSteps { get; init; }

    /// <summary>Applied to each training item.</summary>
    public IReadOnlyList<ITransform> TrainTransforms { get; init; } = [];

    /// <summary>Applied to each test item.</summary>
    public IReadOnlyList<ITransform> TestTransforms { get; init; } = [];

    /// <summary>Items per batch when testing, at least 1; the result does not depend on it.</summary>
    public int TestBatchSize { get; init; } = 256;
}
