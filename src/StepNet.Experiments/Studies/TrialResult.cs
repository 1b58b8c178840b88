namespace StepNet.Experiments.Studies;

/// <summary>What a study reads from a trial.</summary>
/// <param name="State">Where the trial is.</param>
/// <param name="Values">Number of each measure without <see cref="Measure.By"/>, in its scaled unit; NaN where the trial has none.</param>
/// <param name="Curves">Points of each measure that is a curve.</param>
public sealed record TrialResult(
    TrialState State,
    IReadOnlyDictionary<string, double> Values,
    IReadOnlyDictionary<string, IReadOnlyList<(double X, double Y)>> Curves)
{
    /// <summary>Values of the axes that the trial was read for.</summary>
    public IReadOnlyList<string> Cases { get; init; } = [];

    /// <summary>Whether it has a result: its numbers, or that it diverged.</summary>
    public bool IsResult => State is TrialState.Done or TrialState.Diverged;

    /// <summary>What the trial counts at: its number, or chance where it diverged; NaN where it counts for nothing.</summary>
    public double Score(Measure measure)
    {
        ArgumentNullException.ThrowIfNull(measure);
        double value = IsResult ? Values[measure.Name] : double.NaN;
        return State == TrialState.Diverged && measure.ChanceOf(Cases) is double chance ? chance : value;
    }
}
