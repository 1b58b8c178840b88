using StepNet.Models;
using StepNet.Optim;

namespace StepNet.Cli.Commands;

/// <summary>One run as asked for, defaults filled in.</summary>
internal sealed record TrainSettings
{
    public required string Data { get; init; }

    public required string? DataFolder { get; init; }

    public required int? TrainItems { get; init; }

    public required int? TestItems { get; init; }

    public required CifarResNetOptions Model { get; init; }

    public required int Epochs { get; init; }

    public required int Batch { get; init; }

    public required double LearningRate { get; init; }

    public required double Momentum { get; init; }

    public required double WeightDecay { get; init; }

    /// <summary><c>constant</c>, <c>multi-step</c> or <c>one-cycle</c>.</summary>
    public required string ScheduleName { get; init; }

    /// <summary>Epochs at which multi-step divides the learning rate.</summary>
    public required IReadOnlyList<int>? Milestones { get; init; }

    public required ulong Seed { get; init; }

    public required int Threads { get; init; }

    public required long? MaxSteps { get; init; }

    public required string? OutFolder { get; init; }

    public required bool Json { get; init; }

    /// <summary>Learning rate of each step.</summary>
    /// <exception cref="UsageException">Milestones were given to another schedule than multi-step.</exception>
    public LearningRateSchedule Schedule() => (ScheduleName, Milestones) switch
    {
        ("multi-step", null) => new MultiStepSchedule(LearningRate, [Epochs / 2, Epochs * 3 / 4]),
        ("multi-step", _) => new MultiStepSchedule(LearningRate, Milestones),
        (_, not null) => throw new UsageException(
            $"--milestones belong to --schedule multi-step, not to {ScheduleName}. Leave them out or choose multi-step."),
        ("constant", _) => new ConstantSchedule(LearningRate),
        _ => new OneCycleSchedule(LearningRate),
    };
}
