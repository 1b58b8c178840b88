namespace StepNet.Experiments.Studies;

/// <summary>How a trial ended.</summary>
/// <param name="State">Not <see cref="TrialState.Queued"/> and not <see cref="TrialState.Running"/>.</param>
/// <param name="Message">Why, in a line; null where there is nothing to say.</param>
public sealed record TrialOutcome(TrialState State, string? Message = null)
{
    /// <summary>It has its result.</summary>
    public static TrialOutcome Done { get; } = new(TrialState.Done);
}
