namespace StepNet.Experiments.Studies;

/// <summary>
/// Trials that are a function within this process, done in seconds: what an earlier attempt left is deleted and the function runs
/// from the start.
/// </summary>
/// <example><code>
/// ITrialKind parabola = new FunctionTrialKind("parabola", new Dictionary&lt;string, string&gt; { ["x"] = "0" }, (run, stop) =&gt;
/// {
///     double x = run.Number("x");
///     run.Rows("rows.csv", "x", "y")([x, x * x]);
///     run.Summary(("y", x * x));
///     return TrialOutcome.Done;
/// });
/// </code></example>
/// <param name="name">As the study's file names it.</param>
/// <param name="defaults">Its settings with what holds where they are not given.</param>
/// <param name="function">Writes rows and says how it ended. A cancelled token ends it by <see cref="OperationCanceledException"/>.</param>
public sealed class FunctionTrialKind(string name, IReadOnlyDictionary<string, string> defaults, Func<TrialRun, CancellationToken, TrialOutcome> function) : ITrialKind
{
    /// <summary>Looks at one setting, as <see cref="ITrialKind.Check"/>; null: whatever is a number where the default is one.</summary>
    public Func<string, string, string?>? Checks { get; init; }

    /// <summary>Seconds of one core that a trial takes, as <see cref="ITrialKind.CoreSeconds"/>; null: a second.</summary>
    public Func<IReadOnlyDictionary<string, string>, double?>? Cost { get; init; }

    /// <summary>Pictures of its own, as <see cref="ITrialKind.Figures"/>; null: none.</summary>
    public Func<StudyResult, Func<StudyTrial, string>, IReadOnlyList<Charts.Figure>>? Draws { get; init; }

    /// <inheritdoc/>
    public string Name { get; } = name;

    /// <inheritdoc/>
    public IReadOnlyCollection<string> Keys => [.. defaults.Keys];

    /// <inheritdoc/>
    public string? Check(string key, string value) => Checks is not null ? Checks(key, value)
        : double.IsFinite(CsvTable.Number(defaults[key])) && !double.IsFinite(CsvTable.Number(value)) ? $"{key}: '{value}', expected a number." : null;

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, string> Resolve(IReadOnlyDictionary<string, string> settings)
    {
        Dictionary<string, string> resolved = new(defaults);
        foreach ((string key, string value) in settings)
        {
            resolved[key] = value;
        }

        return resolved;
    }

    /// <inheritdoc/>
    public double? CoreSeconds(IReadOnlyDictionary<string, string> configuration) => Cost is null ? 1 : Cost(configuration);

    /// <inheritdoc/>
    public IReadOnlyList<Charts.Figure> Figures(StudyResult result, Func<StudyTrial, string> folderOf) => Draws?.Invoke(result, folderOf) ?? [];

    /// <inheritdoc/>
    public Task<TrialOutcome> RunAsync(TrialRun run, CancellationToken stop)
    {
        ArgumentNullException.ThrowIfNull(run);
        return Task.Run(() =>
        {
            TrialStore.Clear(run.Folder);
            return function(run, stop);
        }, CancellationToken.None);
    }
}
