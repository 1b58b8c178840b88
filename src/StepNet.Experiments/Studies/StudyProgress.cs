namespace StepNet.Experiments.Studies;

/// <summary>How far a study is.</summary>
/// <param name="Counts">Trials by state.</param>
/// <param name="Running">Trials of this process, and for how many seconds they have run.</param>
/// <param name="IsComplete">Whether all trials are known; a search finds others.</param>
/// <param name="RemainingSeconds">Estimate from the mean of the trials that this process has ended; null before the first.</param>
public sealed record StudyProgress(
    IReadOnlyDictionary<TrialState, int> Counts,
    IReadOnlyList<(StudyTrial Trial, double Seconds)> Running,
    bool IsComplete,
    double? RemainingSeconds)
{
    /// <summary>Trials that are known.</summary>
    public int Total => Counts.Values.Sum();

    /// <summary>Trials in a state.</summary>
    public int Of(TrialState state) => Counts.GetValueOrDefault(state);
}
