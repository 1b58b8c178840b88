using System.Globalization;
using System.Text;
using StepNet.Experiments.Statistics;
using StepNet.Experiments.Studies;

namespace StepNet.Experiments.Reproductions;

/// <summary>
/// The page of all results, Markdown: for each figure its plots, verdicts, effects, intervals and numbers of pairs, the command, and what
/// the numbers say in words. Everything on it is taken from the rows in the folders of the studies, so equal rows give an equal page.
/// </summary>
/// <param name="linkTo">Link to a file of a study's folder from where the page lies: name of the study, name of the file.</param>
public sealed class ResultsPage(Func<string, string, string> linkTo)
{
    // A table with more rows says less than the plot.
    private const int MostSettings = 20;

    /// <summary>Writes the page.</summary>
    /// <param name="figures">Every figure in order, by name; those without results have none.</param>
    public string Write(IReadOnlyList<(string Name, ReproductionResult? Result)> figures)
    {
        ArgumentNullException.ThrowIfNull(figures);
        StringBuilder page = new();
        _ = page.Append(
            """
            # Results: the papers' figures and tables

            Written by `stepnet reproduce --write docs` from the rows in `results`, by no hand. [reproducing.md](reproducing.md) says how the figures are run,
            [claims.md](claims.md) what the papers claim and what of it holds here, [studies.md](studies.md) how verdicts are reached: the claim and its rule
            stand in the study's file before anything runs; an effect is the mean difference over pairs of trials that differ in the two sides of the claim alone,
            above 0 where the first side is better, with its 95 % interval (bootstrap) and a one-sided p (sign flips). A claim holds, or does not (the opposite
            is that clear), with at least 5 pairs, p below 0.05 and an interval off 0, or off minus the margin where the claim grants one. Accuracies are those of
            the last epoch, in tables median ± standard deviation over the seeds; what diverged counts at chance, or at what it left where chance means nothing.


            """);
        (string Name, ReproductionResult Result)[] known = [.. figures.Where(one => one.Result is not null).Select(one => (one.Name, one.Result!))];
        if (known.Length > 0)
        {
            _ = page.Append(Table(["figure", "claim", "verdict", "effect", "95 % interval", "n"],
                [.. known.SelectMany(one => one.Result.Study.Claims.Select(claim => (string[])
                    [$"[{one.Name}](#{one.Name})", claim.Claim.Text, Verdict(one.Result, claim), Effect(claim), Interval(claim), $"{claim.Comparison?.Pairs ?? 0}"]))])).Append('\n');
        }

        string[] open = [.. figures.Where(one => one.Result is null).Select(one => one.Name)];
        if (open.Length > 0)
        {
            _ = page.Append(null, $"Not run yet: {string.Join(", ", open)}.\n\n");
        }

        foreach ((string name, ReproductionResult result) in known)
        {
            Figure(page, name, result);
        }

        return page.ToString().TrimEnd('\n') + "\n";
    }

    private void Figure(StringBuilder page, string name, ReproductionResult result)
    {
        StudyResult study = result.Study;
        _ = page.Append(null, $"## {name}\n\n**{study.Study.Title}** ({study.Study.Source})\n\n");
        foreach (string plot in result.Plots)
        {
            _ = page.Append(null, $"![{study.Study.Title}]({linkTo(name, plot)})\n\n");
        }

        if (Settings(study) is string settings)
        {
            _ = page.Append(settings).Append('\n');
        }

        foreach (ClaimResult claim in study.Claims)
        {
            _ = page.Append(null, $"- **{Sentence(claim.Claim.Text)}** {Capital(Verdict(result, claim))}. {Words(study, claim)}\n");
        }

        string scale = study.Study.Scale ?? "cpu";
        _ = page.Append('\n');
        _ = study.Study.Note is string note ? page.Append(null, $"Scale {scale}. {note}\n\n") : page.Append(null, $"Scale {scale}.\n\n");
        StudyTrial[] trials = [.. study.Trials.DistinctBy(trial => trial.Trial.Key)];
        string count = study.IsComplete ? $"{trials.Length}" : $"{trials.Count(trial => study.Of(trial).IsResult)} of {trials.Length}";
        _ = page.Append(null, $"`stepnet reproduce {name}{(scale == "cpu" ? "" : $" --scale {scale}")}`: {count} trials, ");
        _ = page.Append(null, $"[rows]({linkTo(name, "rows.csv")}), [verdict]({linkTo(name, "verdict.json")}), [study]({linkTo(name, "study.yaml")}).\n\n");
    }

    // Median, deviation and number of trials of every setting.
    private static string? Settings(StudyResult result)
    {
        Measure[] measures = [.. result.Study.Measures.Where(measure => measure.By is null)];
        IGrouping<string, StudyTrial>[] settings = [.. result.Trials.GroupBy(trial => string.Join('\n', trial.Cases.Values.Select(one => one.Name)))];
        return settings.Length is 0 or > MostSettings || measures.Length > 4 ? null : Table(
            [.. result.Study.Axes.Select(axis => axis.Label.Length > 0 ? axis.Label : axis.Name), .. measures.Select(measure => measure.Label), "n", "diverged"],
            [.. settings.Select(setting => (string[])
            [
                .. setting.First().Cases.Values.Select(one => one.Name),
                .. measures.Select(measure => Spread([.. setting.Select(trial => result.Of(trial).Score(measure)).Where(double.IsFinite)])),
                $"{setting.Count(trial => result.Of(trial).IsResult)}",
                setting.Count(trial => result.Of(trial).State == TrialState.Diverged) is > 0 and int diverged ? $"{diverged}" : "",
            ])]);
    }

    private static string Spread(double[] values) => values.Length == 0 ? "" : Summary.Of(values) is var summary && summary.Count == 1 ? Number(summary.Median)
        : $"{Number(summary.Median)} ± {Number(summary.StandardDeviation, 2)}";

    /// <summary>What the numbers say of a claim.</summary>
    internal static string Words(StudyResult result, ClaimResult claim)
    {
        if (claim.Comparison is not { } c)
        {
            return "No pair of trials has run.";
        }

        Measure measure = result.Study.Measure(claim.Claim.Measure);
        StringBuilder text = new();
        if (claim.Claim.Differ is string groups)
        {
            _ = text.Append(null, $"{Number(100 * c.MeanDifference)} % of the variance lie between {(groups == Claim.ByMeasure ? "them" : $"the values of {groups}")} "
                + $"({Number(100 * c.Low)} to {Number(100 * c.High)} %, {c.Pairs} trials, p = {Number(c.PGreater, 2)}).");
        }
        else
        {
            Summary first = Summary.Of(claim.Pairs.Select(pair => pair.First)), second = Summary.Of(claim.Pairs.Select(pair => pair.Second));
            int favour = claim.Pairs.Count(Speaks);
            string other = claim.Claim.Second is { } side ? $"{Number(second.Median)} with {Side(result.Study, side, claim.Claim.First)}" : $"the number {Number(claim.Claim.Than!.Value)}";
            string with = claim.Claim.First.Count == 0 ? "" : $" with {Side(result.Study, claim.Claim.First, claim.Claim.Second)}";
            _ = text.Append(null, $"{Capital(measure.Label)}{(claim.Claim.OfDeviation ? ", standard deviation over seeds" : "")}: {Number(first.Median)}{with} against {other} (medians)");
            _ = text.Append(claim.Claim.Margin > 0 ? $", where {Number(claim.Claim.Margin)} worse is no worse" : "");
            _ = text.Append(null, $"; {favour} of {c.Pairs} {(claim.Claim.OfDeviation ? "settings" : "pairs")} speak for the claim, difference ");
            _ = text.Append(null, $"{Number(c.MeanDifference)} on average ({Number(c.Low)} to {Number(c.High)}, median {Number(Summary.Of(claim.Pairs.Select(pair => pair.Difference)).Median)}, ");
            _ = text.Append(null, $"p = {Number(c.PGreater, 2)}, of the opposite {Number(c.PLess, 2)}).");

            // Settings that disagree are not hidden in what all have in common.
            IGrouping<string, ClaimPair>[] places = [.. claim.Pairs.GroupBy(pair => pair.Place)];
            if (favour > 0 && favour < c.Pairs && places.Length > 1 && !claim.Claim.OfDeviation)
            {
                _ = text.Append(null, $" Pairs that do: {string.Join("; ", places.Select(place => $"{place.Key} {place.Count(Speaks)} of {place.Count()}"))}.");
            }

            int constant = claim.Claim.OfDeviation && claim.Diverged.Count > 0 ? claim.Pairs.Count(pair => pair.First == 0 || pair.Second == 0) : 0;
            _ = text.Append(constant > 0 ? $" In {constant} of the settings one side diverged with every seed, which varies by 0." : "");
        }

        _ = text.Append(claim.Diverged.Count > 0 ? $" {claim.Diverged.Count} of the trials diverged." : "");
        _ = text.Append(claim.Missing.Count > 0 ? $" {claim.Missing.Count} have no number and are left out." : "");
        return text.ToString();

        bool Speaks(ClaimPair pair) => pair.Difference > -claim.Claim.Margin;
    }

    /// <summary>The verdict, with what it still lacks.</summary>
    internal static string Verdict(ReproductionResult result, ClaimResult claim) => claim.Word + (result.Study.IsComplete ? "" : " so far");

    private static string Effect(ClaimResult claim) => claim.Comparison is not { } c ? ""
        : claim.Claim.Differ is not null ? $"{Number(100 * c.MeanDifference)} % of variance" : Number(c.MeanDifference);

    private static string Interval(ClaimResult claim) => claim.Comparison is not { } c ? ""
        : claim.Claim.Differ is not null ? $"{Number(100 * c.Low)} to {Number(100 * c.High)}" : $"{Number(c.Low)} to {Number(c.High)}";

    // What both sides share says nothing.
    private static string Side(Study study, IReadOnlyDictionary<string, string> side, IReadOnlyDictionary<string, string>? other) => string.Join(", ",
        from one in side
        where other is null || other[one.Key] != one.Value
        select $"{study.Axis(one.Key).Label} {one.Value}".Trim());

    private static string Sentence(string text) => text.TrimEnd('.') + ".";

    private static string Capital(string text) => text.Length == 0 ? text : char.ToUpperInvariant(text[0]) + text[1..];

    /// <summary>A table of Markdown.</summary>
    internal static string Table(IReadOnlyList<string> head, IReadOnlyList<IReadOnlyList<string>> rows)
    {
        StringBuilder table = new();
        Line(head);
        Line([.. head.Select(_ => "---")]);
        foreach (IReadOnlyList<string> row in rows)
        {
            Line(row);
        }

        return table.ToString();

        void Line(IEnumerable<string> cells) => table.Append("| ").AppendJoin(" | ", cells.Select(cell => cell.Replace("|", "\\|", StringComparison.Ordinal))).Append(" |\n");
    }

    private static string Number(double value, int digits = 4) => value.ToString($"g{digits}", CultureInfo.InvariantCulture);
}
