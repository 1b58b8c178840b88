namespace StepNet.Training;

/// <summary>What a run gave.</summary>
public sealed record TrainingResult
{
    /// <summary>How it ended.</summary>
    public required TrainingState State { get; init; }

    /// <summary>Steps done; where it diverged, the one that showed it included.</summary>
    public required long Steps { get; init; }

    /// <summary>Number, from 0, of the step whose loss, gradient or update was NaN or infinite; null where none was.</summary>
    public long? DivergedAtStep { get; init; }

    /// <summary>
    /// Where the numbers broke, in one line: module, source line, operation and how many values; null where none did. What they
    /// broke in is not kept: the model has the best values, those from before that step or, where an update broke them, those of
    /// <see cref="LastCheckpointStep"/>.
    /// </summary>
    public string? DivergedIn { get; init; }

    /// <summary>Steps done in the last checkpoint, all of whose numbers are finite.</summary>
    public required long LastCheckpointStep { get; init; }

    /// <summary>Divergences that the run went on from.</summary>
    public required IReadOnlyList<Restart> Restarts { get; init; }

    /// <summary>One entry per whole epoch, those before a resumption included; the last may be cut short, unless interrupted.</summary>
    public required IReadOnlyList<EpochResult> Epochs { get; init; }

    /// <summary>Number, from 1, of the epoch whose values the model has; null where it has those of the last step.</summary>
    public required int? KeptEpoch { get; init; }

    /// <summary>The test set under the values that the model has now; null without a test set or where interrupted.</summary>
    public required EvaluationResult? Test { get; init; }

    /// <summary>Training throughput: median over the steps without the first; evaluation and saving do not count.</summary>
    public required double ImagesPerSecond { get; init; }

    /// <summary>Wall-clock time of the run over all its processes, testing included.</summary>
    public required double Seconds { get; init; }
}
