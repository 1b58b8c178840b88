using StepNet.Data;
using StepNet.Data.Download;
using StepNet.Models;
using StepNet.Nn;
using StepNet.Training;

namespace StepNet.Cli.Commands;

/// <summary>One run as asked for, defaults filled in.</summary>
internal sealed record TrainSettings
{
    /// <summary>The set; of a text the length asked for, of a user's own what was read.</summary>
    public required DatasetEntry Dataset { get; init; }

    /// <summary>How files are fetched that are not in the cache.</summary>
    public required DownloadOptions Download { get; init; }

    public required string? DataFolder { get; init; }

    public required int? TrainItems { get; init; }

    public required int? TestItems { get; init; }

    /// <summary>Training items held out for validation; null for a tenth, 0 for none.</summary>
    public required int? ValidationItems { get; init; }

    /// <summary>Whether all classes are drawn evenly.</summary>
    public required bool Balance { get; init; }

    public required Augmentation Augment { get; init; }

    /// <summary>Standard deviation on normalised pixels.</summary>
    public required double NoisePixels { get; init; }

    /// <summary>Share of characters.</summary>
    public required double NoiseCharacters { get; init; }

    /// <summary>Share of labels.</summary>
    public required double NoiseLabels { get; init; }

    public required ResNetOptions Model { get; init; }

    /// <summary>The gain that a step factor is to be chosen by, once the data are there; null where <see cref="Model"/> has it.</summary>
    public required double? StepGain { get; init; }

    /// <summary>Weights to start from; null for a start at random.</summary>
    public required PretrainedWeights? Weights { get; init; }

    /// <summary>What stays as it is; null for nothing.</summary>
    public required FrozenParts? Freeze { get; init; }

    public required int Epochs { get; init; }

    public required int Batch { get; init; }

    public required OptimizerSettings Optimizer { get; init; }

    public required ScheduleSettings Schedule { get; init; }

    public required double LabelSmoothing { get; init; }

    public required ulong Seed { get; init; }

    public required int Threads { get; init; }

    /// <summary>Whether activations are computed again in the backward pass.</summary>
    public required bool Recompute { get; init; }

    public required long? MaxSteps { get; init; }

    public required TimeSpan? Time { get; init; }

    public required int? Patience { get; init; }

    /// <summary><c>best</c>, <c>last</c>, or null for the best where there is a validation set.</summary>
    public required string? Keep { get; init; }

    public required bool TestEveryEpoch { get; init; }

    public required long? LogEvery { get; init; }

    /// <summary>Steps between rows of taps; null for none.</summary>
    public required long? TapsEvery { get; init; }

    public required TapKinds Taps { get; init; }

    public required long? SaveEvery { get; init; }

    /// <summary><c>stop</c> or <c>restore-and-halve-lr</c>.</summary>
    public required string OnDivergence { get; init; }

    /// <summary>Every option that shapes the result, by its name without dashes.</summary>
    public required IReadOnlyList<KeyValuePair<string, string>> Config { get; init; }

    public required string? OutFolder { get; init; }

    /// <summary>Whether the run in <see cref="OutFolder"/> is to go on.</summary>
    public required bool Resume { get; init; }

    public required bool Json { get; init; }

    public required bool Quiet { get; init; }
}
