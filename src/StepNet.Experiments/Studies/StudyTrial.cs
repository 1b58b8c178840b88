namespace StepNet.Experiments.Studies;

/// <summary>A trial in its place in a study.</summary>
/// <param name="Cases">Value of every axis, by name.</param>
/// <param name="Seed">Its seed; null where the study has none.</param>
/// <param name="Trial">What runs.</param>
public sealed record StudyTrial(IReadOnlyDictionary<string, AxisCase> Cases, ulong? Seed, Trial Trial)
{
    /// <summary><c>step 0.1, lr 0.2, seed 3</c>.</summary>
    public string Description => string.Join(", ", Cases.Select(one => $"{one.Key} {one.Value.Name}").Concat(Seed is ulong seed ? [$"seed {seed}"] : []));
}
