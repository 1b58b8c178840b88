using System.Globalization;
using System.Text;
using StepNet.Experiments.Charts;
using StepNet.Experiments.Reports;
using StepNet.Experiments.Statistics;

namespace StepNet.Experiments.Studies;

/// <summary>The report of a study as one page.</summary>
public static class StudyReport
{
    /// <summary>The page.</summary>
    /// <param name="folder">Its folder.</param>
    /// <param name="result">What its trials say.</param>
    /// <param name="figures">Its <see cref="Figures"/>.</param>
    internal static HtmlPage Page(StudyFolder folder, StudyResult result, IReadOnlyList<Figure> figures)
    {
        Study study = result.Study;
        List<Section> sections = [];
        sections.AddRange(result.Claims.Select(claim => ClaimSection(study, claim)));
        if (study.Search is not null && SearchReport.Section(result) is { } search)
        {
            sections.Add(search);
        }

        if (figures.Count > 0)
        {
            sections.Add(new Section("Charts", [.. figures.Select(figure => new FigurePart(figure))]));
        }

        sections.Add(new Section("Trials", [.. Trials(result)]));
        sections.Add(new Section("Settings", [new SettingsTable([.. Settings(study)])]));
        sections.Add(new Section("Environment", [new SettingsTable([.. Environments(result)])]));
        sections.Add(new Section("Raw rows",
        [
            Csv("rows.csv", result.Rows()),
            .. study.Measures.Where(measure => measure.By is not null).Select(measure => Csv($"curve-{measure.Name}.csv", result.Curve(measure))),
            new Download("verdict.json", "application/json", Encoding.UTF8.GetBytes(result.VerdictJson())),
            new Download("study.yaml", "application/yaml", Encoding.UTF8.GetBytes(folder.Source)),
        ]));
        return new HtmlPage(study.Title, Summary(result), sections);
    }

    /// <summary>The charts of the study's file, or those that serve where it has none; then the kind's own.</summary>
    internal static IReadOnlyList<Figure> Figures(StudyFolder folder, StudyResult result)
    {
        IReadOnlyList<ChartPlan> charts = result.Study.Charts.Count > 0 ? result.Study.Charts : StudyCharts.Default(result.Study);
        return result.Trials.Count == 0 ? [] :
        [
            .. charts.SelectMany(plan => StudyCharts.Draw(result, plan)),
            .. folder.Kind.Figures(result, trial => Path.Combine(folder.Trials, trial.Trial.Key)),
        ];
    }

    /// <summary>The answer in a sentence or two.</summary>
    public static string Summary(StudyResult result)
    {
        ArgumentNullException.ThrowIfNull(result);
        StringBuilder text = new();
        foreach (ClaimResult claim in result.Claims)
        {
            _ = text.Append(null, $"{claim.Claim.Text.TrimEnd('.')}: {claim.Word}{(result.IsComplete ? "" : " so far")}. ");
        }

        int open = result.Trials.DistinctBy(trial => trial.Trial.Key).Count(trial => !result.Of(trial).IsResult);
        int diverged = result.Trials.DistinctBy(trial => trial.Trial.Key).Count(trial => result.Of(trial).State == TrialState.Diverged);
        _ = text.Append(null, $"{result.Trials.DistinctBy(trial => trial.Trial.Key).Count()} trials");
        _ = text.Append(diverged > 0 ? $", {diverged} diverged" : "").Append(open > 0 ? $", {open} without a result" : "").Append('.');
        return result.Study.Note is string note ? $"{text} {note}" : text.ToString();
    }

    private static Section ClaimSection(Study study, ClaimResult claim)
    {
        Measure measure = study.Measure(claim.Claim.Measure);
        List<KeyValuePair<string, string>> facts =
        [
            new("claim", claim.Claim.Text),
            new("verdict", claim.Word),
            new("compared", claim.Claim.Differ is string groups
                ? $"{string.Join(", ", claim.Claim.Measures)}, {(groups == Claim.ByMeasure ? "with each other" : $"between the values of {groups}")}: analysis of variance by permutation"
                : $"{measure.Label}{(claim.Claim.OfDeviation ? ", standard deviation over seeds" : "")}, {Side(claim.Claim.First)} against {(claim.Claim.Second is { } second ? Side(second) : Number(claim.Claim.Than!.Value))}, "
                + (measure.LessIsBetter || claim.Claim.OfDeviation ? "smaller is better" : "larger is better")
                + (claim.Claim.Margin > 0 ? $"; up to {Number(claim.Claim.Margin)} worse still speaks for the claim" : "")),
        ];
        if (claim is { Comparison: { } v, Claim.Differ: not null })
        {
            facts.Add(new("effect", $"{Number(100 * v.MeanDifference)} % of the variance lie between the groups"));
            facts.Add(new("95 % interval", $"{Number(100 * v.Low)} to {Number(100 * v.High)} % (bootstrap)"));
            facts.Add(new("trials", $"n = {v.Pairs}"));
            facts.Add(new("p", $"{Number(v.PGreater)} (permutations of the groups, drawn)"));
        }
        else if (claim.Comparison is { } c)
        {
            facts.Add(new("effect", $"{Number(c.MeanDifference)} on average, above 0 in favour of the first"));
            facts.Add(new("95 % interval", $"{Number(c.Low)} to {Number(c.High)} (bootstrap over pairs)"));
            facts.Add(new("pairs", $"n = {c.Pairs}, {(claim.Claim.OfDeviation ? "by setting" : "by seed and setting")}"));
            facts.Add(new("one-sided p", $"{Number(c.PGreater)} for the claim, {Number(c.PLess)} for the opposite (sign-flip test"
                + (c.Pairs <= PairedComparison.ExactPairs ? ", exact)" : ", drawn)")));
        }

        facts.Add(new("rule, fixed before", claim.Claim.Differ is not null
            ? $"holds with n >= {study.Rule.MinPairs} and p < {Number(study.Rule.Alpha)}; otherwise inconclusive, since no share shows that groups are alike"
            : $"holds with n >= {study.Rule.MinPairs}, p < {Number(study.Rule.Alpha)} and an interval above {(claim.Claim.Margin > 0 ? Number(-claim.Claim.Margin) : "0")}; does not hold where "
            + "this is so of the opposite; otherwise inconclusive"));
        facts.Add(new("diverged", claim.Diverged.Count == 0 ? "none" : string.Join("; ", claim.Diverged)));
        if (claim.Missing.Count > 0)
        {
            facts.Add(new("left out", string.Join("; ", claim.Missing)));
        }

        return new Section($"Verdict: {claim.Word}", claim.Pairs.Count == 0 ? [new SettingsTable(facts)] :
        [
            new SettingsTable(facts),
            new SortableTable(["setting", "first", "second", "difference"],
                [.. claim.Pairs.Select(pair => (string[])[pair.Setting.Length > 0 ? pair.Setting : "all", Number(pair.First), Number(pair.Second), Number(pair.Difference)])]),
        ]);
    }

    private static IEnumerable<SectionPart> Trials(StudyResult result)
    {
        Study study = result.Study;
        Measure[] numbers = [.. study.Measures.Where(measure => measure.By is null)];
        yield return new SortableTable(
            [.. study.Axes.Select(axis => axis.Label), .. study.Seeds.Count > 0 ? ["seed"] : Array.Empty<string>(), "state", .. numbers.Select(measure => measure.Label), "seconds", "trial"],
            [.. result.Trials.Select(trial => (string[])
            [
                .. trial.Cases.Values.Select(one => one.Name), .. trial.Seed is ulong seed ? [$"{seed}"] : Array.Empty<string>(),
                StudyResult.Word(result.Of(trial).State),
                .. numbers.Select(measure => double.IsFinite(result.Of(trial).Values[measure.Name]) ? Number(result.Of(trial).Values[measure.Name]) : ""),
                result.Sights[trial.Trial.Key].Status is { } status ? status.Seconds.ToString("0.#", CultureInfo.InvariantCulture) : "",
                trial.Trial.Key,
            ])]);
        string[] messages =
        [
            .. from trial in result.Trials.DistinctBy(trial => trial.Trial.Key)
               let message = result.Sights[trial.Trial.Key].Status?.Message
               where message is not null
               select $"{trial.Description}: {message}",
        ];
        foreach (string message in messages)
        {
            yield return new Paragraph(message);
        }
    }

    private static IEnumerable<KeyValuePair<string, string>> Settings(Study study)
    {
        yield return new("kind of trial", study.Kind);
        foreach (Setting setting in study.Settings)
        {
            yield return new(setting.Key, setting.Value);
        }

        foreach (StudyAxis axis in study.Axes)
        {
            yield return new($"axis {axis.Name}", axis.Cases.Count > 0 ? string.Join("; ", axis.Cases.Select(Case)) : string.Create(
                CultureInfo.InvariantCulture, $"{axis.Range!.Low} to {axis.Range.High}{(axis.Range.Log ? ", by ratios" : "")}"));
        }

        yield return new("seeds", study.Seeds.Count == 0 ? "none" : string.Join(", ", study.Seeds));
        foreach (Measure measure in study.Measures)
        {
            yield return new($"measure {measure.Name}", $"{measure.Column} of {measure.File}"
                + (measure.Where.Count > 0 ? $" where {Side(measure.Where)}" : "")
                + (measure.By is not null ? $", by {measure.By}" : measure.File.EndsWith(".csv", StringComparison.Ordinal) ? $", {measure.Take}".ToLowerInvariant() : "")
                + (measure.Scale != 1 ? $", times {Number(measure.Scale)}" : "")
                + (measure.Chance is double chance ? $"; diverged trials count at {Number(chance)}"
                    : measure.ChanceBy.Count > 0 ? $"; diverged trials count at {string.Join(", ", measure.ChanceBy.Select(one => $"{Number(one.Value)} ({one.Key})"))}" : ""));
        }

        static string Case(AxisCase one) => one.Settings is [{ } only] && only.Value == one.Name ? one.Name
            : $"{one.Name} ({string.Join(", ", one.Settings.Select(setting => $"{setting.Key} {setting.Value}"))})";
    }

    private static IEnumerable<KeyValuePair<string, string>> Environments(StudyResult result) =>
        from status in result.Sights.Values.Select(sight => sight.Status).OfType<TrialStatus>()
        group status by status.Environment into same
        select KeyValuePair.Create($"{same.Count()} trials", same.Key);

    private static Download Csv(string name, CsvTable table) => new(name, "text/csv", Encoding.UTF8.GetBytes(table.ToCsv()));

    private static string Side(IReadOnlyDictionary<string, string> side) =>
        side.Count == 0 ? "all trials" : string.Join(", ", side.Select(one => $"{one.Key} {one.Value}"));

    internal static string Number(double value) => value.ToString("g4", CultureInfo.InvariantCulture);
}
