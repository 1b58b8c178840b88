using System.Globalization;
using StepNet.Experiments.Statistics;

namespace StepNet.Experiments.Studies;

/// <summary>What the trials of a study say, as far as they have run.</summary>
public sealed class StudyResult
{
    private readonly Dictionary<string, TrialResult> _results;

    private StudyResult(Study study, StudyPlan plan, IReadOnlyList<StudyTrial> trials, bool complete, Dictionary<string, TrialResult> results,
        IReadOnlyDictionary<string, TrialSight> sights)
    {
        (Study, Plan, Trials, _results, Sights) = (study, plan, trials, results, sights);
        IsComplete = complete && trials.All(trial => Of(trial).IsResult);
        Claims = [.. study.Claims.Select(Judge)];
    }

    /// <summary>The study.</summary>
    public Study Study { get; }

    /// <summary>Its trials, as far as they are known, in order.</summary>
    public IReadOnlyList<StudyTrial> Trials { get; }

    /// <summary>What was seen of each trial, by key.</summary>
    public IReadOnlyDictionary<string, TrialSight> Sights { get; }

    /// <summary>Whether every trial has a result.</summary>
    public bool IsComplete { get; }

    /// <summary>What they say of each claim; of an incomplete study, what they say so far.</summary>
    public IReadOnlyList<ClaimResult> Claims { get; }

    internal StudyPlan Plan { get; }

    /// <summary>Reads a study's trials.</summary>
    /// <param name="study">The study.</param>
    /// <param name="kind">Its kind of trial.</param>
    /// <param name="store">Where trials lie.</param>
    /// <exception cref="StudyException">A measure is not in what the trials left.</exception>
    public static StudyResult Read(Study study, ITrialKind kind, TrialStore store)
    {
        ArgumentNullException.ThrowIfNull(study);
        ArgumentNullException.ThrowIfNull(store);
        return Read(study, kind, trial => store.Look(trial.Trial), (trial, state) => TrialReader.Read(store.FolderOf(trial.Trial), trial, state, study.Measures));
    }

    /// <summary>Reads a study's numbers from its rows, as <see cref="Rows"/> gave them: all but the curves, without the folders of its trials.</summary>
    /// <param name="study">The study.</param>
    /// <param name="kind">Its kind of trial.</param>
    /// <param name="rows">With a row for every trial that is known; others count as queued.</param>
    /// <exception cref="StudyException">The rows are those of another study.</exception>
    public static StudyResult Read(Study study, ITrialKind kind, CsvTable rows)
    {
        ArgumentNullException.ThrowIfNull(study);
        ArgumentNullException.ThrowIfNull(rows);
        Measure[] numbers = [.. study.Measures.Where(measure => measure.By is null)];
        if (numbers.Select(measure => measure.Name).Append("state").Append("trial").FirstOrDefault(name => rows.Find(name) < 0) is string missing)
        {
            throw new StudyException($"the rows of {study.Name} have no column '{missing}'. They are those of another study; run it again.");
        }

        Dictionary<string, IReadOnlyList<string>> byKey = rows.Rows.DistinctBy(row => row[rows.Find("trial")]).ToDictionary(row => row[rows.Find("trial")]);
        return Read(
            study,
            kind,
            trial => new TrialSight(RowOf(trial) is { } row ? StateOf(row[rows.Find("state")]) : TrialState.Queued, 0, null),
            (trial, state) => new TrialResult(
                state,
                numbers.ToDictionary(measure => measure.Name, measure => RowOf(trial) is { } row ? CsvTable.Number(row[rows.Find(measure.Name)]) : double.NaN),
                study.Measures.Where(measure => measure.By is not null).ToDictionary(measure => measure.Name, _ => (IReadOnlyList<(double, double)>)[]))
            {
                Cases = [.. trial.Cases.Values.Select(one => one.Name)],
            });

        IReadOnlyList<string>? RowOf(StudyTrial trial) => byKey.GetValueOrDefault(trial.Trial.Key);

        TrialState StateOf(string word) => Enum.GetValues<TrialState>().Cast<TrialState?>().FirstOrDefault(one => Word(one!.Value) == word)
            ?? throw new StudyException($"the rows of {study.Name} have the state '{word}'; expected done, diverged and the like. Run the study again.");
    }

    // Each trial is looked at once, in whatever way.
    private static StudyResult Read(Study study, ITrialKind kind, Func<StudyTrial, TrialSight> see, Func<StudyTrial, TrialState, TrialResult> read)
    {
        Dictionary<string, TrialResult> results = [];
        Dictionary<string, TrialSight> sights = [];
        StudyPlan plan = new(study, kind);
        (IReadOnlyList<StudyTrial> trials, bool complete) = plan.Expand(trial => Look(trial) is var result
            && (result.IsResult || result.State is TrialState.Failed || (result.State == TrialState.Stale && !sights[trial.Trial.Key].IsAbandoned)) ? result : null);
        foreach (StudyTrial trial in trials)
        {
            _ = Look(trial);
        }

        return new StudyResult(study, plan, trials, complete, results, sights);

        TrialResult Look(StudyTrial trial)
        {
            string key = trial.Trial.Key;
            if (!results.TryGetValue(key, out TrialResult? result))
            {
                sights[key] = see(trial);
                results[key] = result = read(trial, sights[key].State);
            }

            return result;
        }
    }

    /// <summary>What was read from a trial.</summary>
    public TrialResult Of(StudyTrial trial)
    {
        ArgumentNullException.ThrowIfNull(trial);
        return _results[trial.Trial.Key];
    }

    /// <summary>A row a trial: its key, its place on every axis, its seed, its state and its numbers. No times: equal trials give equal rows.</summary>
    public CsvTable Rows()
    {
        Measure[] numbers = [.. Study.Measures.Where(measure => measure.By is null)];
        return new CsvTable(
            ["trial", .. Study.Axes.Select(axis => axis.Name), "seed", "state", .. numbers.Select(measure => measure.Name)],
            [.. Trials.Select(trial => (string[])[.. Place(trial), Word(Of(trial).State), .. numbers.Select(measure => Text(Of(trial).Values[measure.Name]))])]);
    }

    /// <summary>A row for each trial that ran: how long, on how many threads, and on what.</summary>
    public CsvTable Times() => new(
        ["trial", "seconds", "threads", "environment"],
        [.. from trial in Trials.DistinctBy(trial => trial.Trial.Key)
            let status = Sights[trial.Trial.Key].Status
            where status is not null && Of(trial).IsResult
            select (string[])[trial.Trial.Key, status.Seconds.ToString("0.0", CultureInfo.InvariantCulture), $"{status.Threads}", status.Environment]]);

    /// <summary>A row for every point of a curve of every trial.</summary>
    public CsvTable Curve(Measure measure)
    {
        ArgumentNullException.ThrowIfNull(measure);
        return new CsvTable(
            ["trial", .. Study.Axes.Select(axis => axis.Name), "seed", measure.By!, measure.Name],
            [.. from trial in Trials
                from point in Of(trial).Curves[measure.Name]
                select (string[])[.. Place(trial), Text(point.X), Text(point.Y)]]);
    }

    /// <summary>The verdicts as JSON: claim, verdict, effect, interval, n, p, and what diverged or is missing.</summary>
    public string VerdictJson() => SmallFile.Json(json =>
    {
        json.WriteStartObject();
        json.WriteString("study", Study.Name);
        json.WriteString("title", Study.Title);
        json.WriteString("source", Study.Source);
        json.WriteString("scale", Study.Scale);
        json.WriteString("note", Study.Note);
        json.WriteBoolean("complete", IsComplete);
        json.WriteNumber("trials", Trials.DistinctBy(trial => trial.Trial.Key).Count());
        json.WriteNumber("min_pairs", Study.Rule.MinPairs);
        json.WriteNumber("alpha", Study.Rule.Alpha);
        json.WriteStartArray("claims");
        foreach (ClaimResult claim in Claims)
        {
            json.WriteStartObject();
            json.WriteString("claim", claim.Claim.Text);
            json.WriteString("measure", string.Join(", ", claim.Claim.Measures));
            json.WriteString("of", claim.Claim.Differ is string groups ? $"difference by {groups}" : claim.Claim.OfDeviation ? "deviation" : "value");
            json.WriteString("verdict", claim.Word);
            if (claim.Claim.Margin > 0)
            {
                json.WriteNumber("margin", claim.Claim.Margin);
            }

            json.WriteNumber("pairs", claim.Comparison?.Pairs ?? 0);
            if (claim.Comparison is { } c)
            {
                json.WriteNumber("effect", c.MeanDifference);
                json.WriteNumber("low", c.Low);
                json.WriteNumber("high", c.High);
                json.WriteNumber("p", c.PGreater);
                json.WriteNumber("p_opposite", c.PLess);
            }

            Strings("diverged", claim.Diverged);
            Strings("missing", claim.Missing);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();

        void Strings(string name, IReadOnlyList<string> values)
        {
            json.WriteStartArray(name);
            foreach (string value in values)
            {
                json.WriteStringValue(value);
            }

            json.WriteEndArray();
        }
    });

    /// <summary>A state as files and tables show it.</summary>
    public static string Word(TrialState state) => state switch
    {
        TrialState.Queued => "queued",
        TrialState.Running => "running",
        TrialState.Done => "done",
        TrialState.Failed => "failed",
        TrialState.Diverged => "diverged",
        TrialState.Interrupted => "interrupted",
        _ => "stale",
    };

    internal static string Text(double value) => double.IsFinite(value) ? value.ToString("g12", CultureInfo.InvariantCulture) : "";

    private static IEnumerable<string> Place(StudyTrial trial) => [trial.Trial.Key, .. trial.Cases.Values.Select(one => one.Name), $"{trial.Seed}"];

    private ClaimResult Judge(Claim claim)
    {
        Measure measure = Study.Measure(claim.Measure);
        StudyTrial[] counted = [.. Trials.Where(trial => IsIn(trial, claim.Where))];
        if (claim.Differ is not null)
        {
            return JudgeDifference(claim, counted);
        }

        if (claim.OfDeviation)
        {
            return JudgeDeviations(claim, measure, counted);
        }

        Dictionary<string, StudyTrial> second = claim.Second is null ? [] : counted.Where(trial => Has(trial, claim.Second)).DistinctBy(Rest).ToDictionary(Rest);
        List<ClaimPair> pairs = [];
        List<string> diverged = [], missing = [];
        foreach (StudyTrial first in counted.Where(trial => Has(trial, claim.First)).DistinctBy(Rest))
        {
            string rest = Rest(first);
            double a = Count(first, measure, diverged, missing);
            double b = claim.Than ?? (second.TryGetValue(rest, out StudyTrial? other) ? Count(other, measure, diverged, missing) : double.NaN);
            if (double.IsFinite(a) && double.IsFinite(b))
            {
                pairs.Add(new ClaimPair(rest, a, b, measure.LessIsBetter ? b - a : a - b) { Place = PlaceBeside(claim.First, first) });
            }
        }

        return Judge(claim, pairs, diverged, missing);

        string Rest(StudyTrial trial) => string.Join(", ", ((string[])[PlaceBeside(claim.First, trial), trial.Seed is ulong seed ? $"seed {seed}" : ""]).Where(part => part.Length > 0));
    }

    private ClaimResult Judge(Claim claim, IReadOnlyList<ClaimPair> pairs, List<string> diverged, List<string> missing)
    {
        PairedComparison? comparison = pairs.Count == 0 ? null : PairedComparison.Of([.. pairs.Select(pair => pair.Difference)], -claim.Margin);
        return new ClaimResult(claim, comparison is null ? Verdict.Inconclusive : Study.Rule.Judge(comparison), comparison, pairs, diverged, missing);
    }

    // Values of the axes that a side of a claim leaves open.
    private string PlaceBeside(IReadOnlyDictionary<string, string> side, StudyTrial trial) =>
        string.Join(", ", trial.Cases.Where(one => !side.ContainsKey(one.Key)).Select(one => $"{Study.Axis(one.Key).Label} {one.Value.Name}".Trim()));

    // What a trial counts at; notes those that diverged and those that have nothing.
    private double Count(StudyTrial trial, Measure measure, List<string> diverged, List<string> missing)
    {
        TrialResult result = Of(trial);
        double score = result.Score(measure);
        if (result.State == TrialState.Diverged)
        {
            diverged.Add(double.IsFinite(score) ? string.Create(CultureInfo.InvariantCulture, $"{trial.Description}: counted at {score:g6}") : $"{trial.Description}: no number");
        }

        if (!double.IsFinite(score))
        {
            missing.Add($"{trial.Description}: {(result.IsResult ? "no number" : Word(result.State))}");
        }

        return score;
    }

    // A pair is a setting: how far the seeds of each side scatter. What diverged scatters at chance.
    private ClaimResult JudgeDeviations(Claim claim, Measure measure, StudyTrial[] counted)
    {
        List<string> diverged = [], missing = [];
        Dictionary<string, double> first = Deviations(claim.First), second = Deviations(claim.Second!);
        ClaimPair[] pairs =
        [
            .. from one in first
               where second.ContainsKey(one.Key)
               select new ClaimPair(one.Key, one.Value, second[one.Key], second[one.Key] - one.Value) { Place = one.Key },
        ];
        return Judge(claim, pairs, diverged, missing);

        Dictionary<string, double> Deviations(IReadOnlyDictionary<string, string> side)
        {
            Dictionary<string, double> deviations = [];
            foreach (IGrouping<string, StudyTrial> seeds in counted.Where(trial => Has(trial, side)).GroupBy(trial => PlaceBeside(side, trial)))
            {
                double[] scores = [.. seeds.Select(trial => Count(trial, measure, diverged, missing)).Where(double.IsFinite)];
                if (scores.Length > 1)
                {
                    deviations[seeds.Key] = Summary.Of(scores).StandardDeviation;
                }
            }

            return deviations;
        }
    }

    // n is the number of trials. A trial counts with all its measures or not at all.
    private ClaimResult JudgeDifference(Claim claim, StudyTrial[] counted)
    {
        Measure[] measures = [.. claim.Measures.Select(Study.Measure)];
        List<string> diverged = [], missing = [];
        List<(int Group, double[] Values)> trials = [];
        foreach (StudyTrial trial in counted)
        {
            Measure weakest = measures.FirstOrDefault(measure => !double.IsFinite(Of(trial).Score(measure))) ?? measures[0];
            if (double.IsFinite(Count(trial, weakest, diverged, missing)))
            {
                double[] values = [.. measures.Select(Of(trial).Score)];
                int group = claim.Differ == Claim.ByMeasure ? 0 : Study.Axis(claim.Differ!).Cases.Index().First(one => one.Item.Name == trial.Cases[claim.Differ!].Name).Index;
                trials.Add((group, values));
            }
        }

        bool byMeasure = claim.Differ == Claim.ByMeasure;
        if (trials.Count == 0 || (!byMeasure && trials.Select(one => one.Group).Distinct().Count() < 2))
        {
            return new ClaimResult(claim, Verdict.Inconclusive, null, [], diverged, missing);
        }

        // Measures of one trial may be exchanged for each other, or else trials among the values of the axis.
        VarianceShare share = VarianceShare.Of(byMeasure
            ? [.. trials.Select(trial => (IReadOnlyList<(int, double[])>)[.. trial.Values.Select((value, i) => (i, (double[])[value]))])]
            : [trials]);
        PairedComparison comparison = new(trials.Count, share.Share, share.Low, share.High, share.PGreater, share.PLess);

        // That groups are alike is nothing that a small share could show.
        Verdict verdict = Study.Rule.Judge(comparison) == Verdict.Holds ? Verdict.Holds : Verdict.Inconclusive;
        return new ClaimResult(claim, verdict, comparison, [], diverged, missing);
    }

    /// <summary>Whether a trial lies among some values of axes.</summary>
    internal static bool IsIn(StudyTrial trial, IReadOnlyDictionary<string, IReadOnlyList<string>> where) =>
        where.All(one => one.Value.Contains(trial.Cases[one.Key].Name));

    private static bool Has(StudyTrial trial, IReadOnlyDictionary<string, string> side) => side.All(one => trial.Cases[one.Key].Name == one.Value);
}
