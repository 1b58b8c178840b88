using StepNet.Experiments.Search;
using StepNet.Experiments.Statistics;
using StepNet.Experiments.Studies;

namespace StepNet.Experiments.Reproductions;

/// <summary>
/// Trials of the kind <c>search</c>: each a whole search for one number, by some <c>trainings</c>, as a practitioner does it once. So
/// ways to search can be compared over seeds.
/// </summary>
/// <remarks>
/// A trial leaves <c>search.csv</c> (<c>n,value,validation_accuracy,test_accuracy,best</c>, best the test accuracy of the value with the best validation
/// accuracy so far) and a summary: <c>value</c> that was chosen so, its <c>validation_accuracy</c> and <c>test_accuracy</c>. Its trainings lie in its folder
/// as the trials of a study, so that a search goes on where it stopped.
/// </remarks>
/// <param name="training">
/// The kind whose trials are searched among: they leave <c>validation_accuracy</c> by epoch in <c>metrics.csv</c>, of which the last counts, and
/// <c>test_accuracy</c> in their summary.
/// </param>
public sealed class SearchTrialKind(ITrialKind training) : ITrialKind
{
    private const string Grid = "grid", Score = "validation", Test = "test";

    private static readonly TimeSpan s_beat = TimeSpan.FromSeconds(2);

    private static readonly string[] s_methods = ["bayesian", "random", Grid];

    // The parameter is searched by ratios between 'from' and 'to'; a grid of one training takes 'from'.
    private static readonly Dictionary<string, string> s_defaults = new()
    {
        ["method"] = "bayesian",
        ["trainings"] = "8",
        ["parameter"] = "step",
        ["from"] = "0.001",
        ["to"] = "20",
    };

    /// <inheritdoc/>
    public string Name => "search";

    /// <inheritdoc/>
    public IReadOnlyCollection<string> Keys => [.. s_defaults.Keys, .. training.Keys];

    /// <inheritdoc/>
    public string? Check(string key, string value) => key switch
    {
        "method" => SettingCheck.Word(key, value, s_methods),
        "trainings" => SettingCheck.Whole(key, value),
        "parameter" => training.Keys.Contains(value) ? null : $"parameter: '{value}', expected a setting of a training.{Nearest.Hint(value, training.Keys)}",
        "from" or "to" => SettingCheck.Positive(key, value),
        _ => training.Check(key, value),
    };

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, string> Resolve(IReadOnlyDictionary<string, string> settings)
    {
        Dictionary<string, string> own = s_defaults.ToDictionary(one => one.Key, one => settings.GetValueOrDefault(one.Key, one.Value));
        string parameter = own["parameter"];
        if (settings.ContainsKey(parameter))
        {
            throw new StudyException($"'{parameter}' is what the search chooses. Leave it out.");
        }

        if (!(CsvTable.Number(own["from"]) < CsvTable.Number(own["to"])))
        {
            throw new StudyException($"the search goes from {own["from"]} to {own["to"]}; expected 'from' below 'to'.");
        }

        Dictionary<string, string> all = new(training.Resolve(Inner(settings, own)));
        _ = all.Remove(parameter);
        foreach ((string key, string value) in own)
        {
            all[key] = value;
        }

        return all;
    }

    /// <inheritdoc/>
    public double? CoreSeconds(IReadOnlyDictionary<string, string> configuration) =>
        CsvTable.Number(configuration["trainings"]) * training.CoreSeconds(training.Resolve(Inner(configuration, configuration)));

    /// <inheritdoc/>
    public async Task<TrialOutcome> RunAsync(TrialRun run, CancellationToken stop)
    {
        ArgumentNullException.ThrowIfNull(run);
        Study study = StudyOf(run);
        using TrialStore store = new(Path.Combine(run.Folder, "trainings"), forRunning: true);

        // A search that is asked to run again after one of its trainings failed gives that training another try.
        Task running = new StudyRunner(study, training, store) { Threads = run.Threads, Limit = run.Limit, Retry = true }.RunAsync(stop);
        while (await Task.WhenAny(running, Task.Delay(s_beat, CancellationToken.None)).ConfigureAwait(false) != running)
        {
            // The runner itself ends a training that hangs.
            run.Beat();
        }

        await running.ConfigureAwait(false);
        StudyResult result = StudyResult.Read(study, training, store);
        if (!result.IsComplete)
        {
            StudyTrial? failed = result.Trials.FirstOrDefault(trial => result.Of(trial).State is TrialState.Failed or TrialState.Stale);
            return stop.IsCancellationRequested || failed is null ? new TrialOutcome(TrialState.Interrupted)
                : new TrialOutcome(TrialState.Failed, $"{failed.Description}: {result.Sights[failed.Trial.Key].Status?.Message}");
        }

        Write(run, result, study);
        return result.Trials.All(trial => result.Of(trial).State == TrialState.Diverged) ? new TrialOutcome(TrialState.Diverged, "all of its trainings diverged") : TrialOutcome.Done;
    }

    private static void Write(TrialRun run, StudyResult result, Study study)
    {
        Action<object[]> row = run.Rows("search.csv", "n", "value", "validation_accuracy", "test_accuracy", "best");
        (double Value, double Validation, double Test) best = (double.NaN, double.NegativeInfinity, double.NaN);
        foreach ((int n, StudyTrial trial) in result.Trials.Index())
        {
            // A training that diverged has no accuracy, and is never the best.
            (double Value, double Validation, double Test) one = (
                trial.Cases[run.Text("parameter")].Number!.Value, result.Of(trial).Score(study.Measure(Score)), result.Of(trial).Score(study.Measure(Test)));
            best = one.Validation > best.Validation && result.Of(trial).State != TrialState.Diverged ? one : best;
            row([n + 1, one.Value, one.Validation, one.Test, best.Test]);
        }

        run.Summary(("value", best.Value), ("validation_accuracy", best.Validation), ("test_accuracy", best.Test));
    }

    private static Dictionary<string, string> Inner(IReadOnlyDictionary<string, string> settings, IReadOnlyDictionary<string, string> own)
    {
        Dictionary<string, string> inner = settings.Where(one => !s_defaults.ContainsKey(one.Key)).ToDictionary();
        inner[own["parameter"]] = own["from"];
        return inner;
    }

    private Study StudyOf(TrialRun run)
    {
        string parameter = run.Text("parameter"), method = run.Text("method");
        int trainings = run.Integer("trainings");
        SearchAxis range = new(parameter, run.Number("from"), run.Number("to"), Log: true);
        StudyAxis axis = new(parameter, parameter, []) { Range = range, Log = true, Place = Name };
        return new Study
        {
            Name = Name,
            Title = Name,
            Kind = training.Name,
            Settings = [.. run.Configuration.Where(one => one.Key != "seed" && !s_defaults.ContainsKey(one.Key)).Select(one => new Setting(one.Key, one.Value, Name))],
            Axes = [method == Grid ? axis with { Cases = [.. Enumerable.Range(0, trainings).Select(i => axis.At(range.FromUnit(i / Math.Max(trainings - 1.0, 1))))] } : axis],
            Seeds = [run.Seed],
            Measures =
            [
                new Measure { Name = Score, Label = Score, File = "metrics.csv", Column = "validation_accuracy", Chance = 0, HasChance = true, Place = Name },
                new Measure { Name = Test, Label = Test, Column = "test_accuracy", Chance = 0, HasChance = true, Place = Name },
            ],
            Claims = [],
            Rule = new VerdictRule(),
            Search = method == Grid ? null : new SearchPlan
            {
                Method = method == "random" ? SearchMethod.Random : SearchMethod.Bayesian,
                Settings = trainings,
                Seed = run.Seed,
                Measure = Score,
            },
            Charts = [],
            Substance = "",
        };
    }
}
