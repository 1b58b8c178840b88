namespace StepNet.Experiments.Studies;

/// <summary>One question to many trials: what is fixed, what is varied, what is measured, and what would count as an answer.</summary>
public sealed record Study
{
    /// <summary>Of the file, without its ending, and with the scale behind a hyphen where there is one.</summary>
    public required string Name { get; init; }

    /// <summary>A line for readers.</summary>
    public required string Title { get; init; }

    /// <summary>What it repeats: <c>Zhang et al. 2019, figure 3</c>. Null: nothing.</summary>
    public string? Source { get; init; }

    /// <summary>What readers should know besides: what differs from a paper, for instance. Null: nothing.</summary>
    public string? Note { get; init; }

    /// <summary>The scale that was chosen; null where the file has none or none was chosen.</summary>
    public string? Scale { get; init; }

    /// <summary>Name of the <see cref="ITrialKind"/>.</summary>
    public required string Kind { get; init; }

    /// <summary>Settings that all trials share.</summary>
    public required IReadOnlyList<Setting> Settings { get; init; }

    /// <summary>What is varied; every combination is a setting, unless <see cref="Only"/> leaves some out.</summary>
    public required IReadOnlyList<StudyAxis> Axes { get; init; }

    /// <summary>Combinations that run, as values by axis, <c>seed</c> among them: those in at least one entry; empty for all.</summary>
    public IReadOnlyList<IReadOnlyDictionary<string, IReadOnlyList<string>>> Only { get; init; } = [];

    /// <summary>Seeds of every setting; empty where trials have no seed.</summary>
    public required IReadOnlyList<ulong> Seeds { get; init; }

    /// <summary>What is read from every trial.</summary>
    public required IReadOnlyList<Measure> Measures { get; init; }

    /// <summary>What is claimed; may be empty.</summary>
    public required IReadOnlyList<Claim> Claims { get; init; }

    /// <summary>When a difference counts.</summary>
    public required Statistics.VerdictRule Rule { get; init; }

    /// <summary>How trials are chosen; null: all combinations.</summary>
    public SearchPlan? Search { get; init; }

    /// <summary>What is drawn.</summary>
    public required IReadOnlyList<ChartPlan> Charts { get; init; }

    /// <summary>
    /// What the answer rests on (trials, measures, claims, rule, search) in a fixed form: equal for files that differ in titles,
    /// notes and charts alone.
    /// </summary>
    public required string Substance { get; init; }

    /// <summary>An axis by its name.</summary>
    /// <exception cref="StudyException">There is none.</exception>
    public StudyAxis Axis(string name) => Axes.FirstOrDefault(axis => axis.Name == name) ?? throw new StudyException(
        $"'{name}' is no axis of the study; it has {string.Join(", ", Axes.Select(axis => axis.Name))}.{Nearest.Hint(name, Axes.Select(axis => axis.Name))}");

    /// <summary>A measure by its name.</summary>
    /// <exception cref="StudyException">There is none.</exception>
    public Measure Measure(string name) => Measures.FirstOrDefault(measure => measure.Name == name) ?? throw new StudyException(
        $"'{name}' is no measure of the study; it has {string.Join(", ", Measures.Select(measure => measure.Name))}.{Nearest.Hint(name, Measures.Select(measure => measure.Name))}");
}
