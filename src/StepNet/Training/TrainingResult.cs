namespace StepNet.Training;

/// <summary>What a run gave.</summary>
public sealed record TrainingResult
{
    /// <summary>How it ended.</summary>
    public required TrainingState State { get; init; }

    /// <summary>Steps done; where it diverged, the one that showed it included.</summary>
    public required long Steps { get; init; }

    /// <summary>Number, from 0, of the step whose loss was NaN or infinite; null where none was.</summary>
    public long? DivergedAtStep { get; init; }

    /// <summary>
    /// Where the numbers broke, in one line: module, source line, operation and how many values; null where none did. The model
    /// keeps the values from before that step.
    /// </summary>
    public string? DivergedIn { get; init; }

    /// <summary>One entry per epoch, the last one perhaps cut short.</summary>
    public required IReadOnlyList<EpochResult> Epochs { get; init; }

    /// <summary>The test set under the final parameters; null without a test set or where interrupted in an epoch.</summary>
    public EvaluationResult? Test => Epochs.Count > 0 ? Epochs[^1].Test : null;

    /// <summary>Training throughput: median over the steps without the first; evaluation and saving do not count.</summary>
    public required double ImagesPerSecond { get; init; }

    /// <summary>Wall-clock time of the run, testing included.</summary>
    public required double Seconds { get; init; }
}
