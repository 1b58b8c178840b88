namespace StepNet.Experiments.Studies;

/// <summary>What one sees of a trial from outside.</summary>
/// <param name="State">Where it is.</param>
/// <param name="Attempt">Number of its last claim; 0 for none.</param>
/// <param name="Status">What was written under that claim; null where nothing was yet.</param>
public readonly record struct TrialSight(TrialState State, int Attempt, TrialStatus? Status)
{
    /// <summary>Whether the process that had it is gone without a word, so that anyone may go on with it at once.</summary>
    public bool IsAbandoned => State == TrialState.Stale && Status is not { State: TrialState.Stale };
}
