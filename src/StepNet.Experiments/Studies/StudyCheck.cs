namespace StepNet.Experiments.Studies;

/// <summary>Whether the parts of a study fit together: claims and charts name axes, values and measures that there are.</summary>
internal static class StudyCheck
{
    /// <exception cref="StudyException">They do not; the message says where and what.</exception>
    internal static void Check(Study study)
    {
        foreach (StudyAxis axis in study.Axes)
        {
            if (axis.Cases.Count == 0 && study.Search is null)
            {
                throw new StudyException($"{axis.Place}: the range '{axis.Name}' needs 'count', how many values of it run, unless a 'search' chooses them.");
            }

            if (study.Measures.Any(measure => measure.Name == axis.Name))
            {
                throw new StudyException($"{axis.Place}: '{axis.Name}' is an axis and a measure. Give the measure another name.");
            }
        }

        foreach (Measure measure in study.Measures)
        {
            if (measure.File.EndsWith(".json", StringComparison.Ordinal) ? measure.By is not null || measure.Where.Count > 0 || measure.Take != Taking.Last
                : !measure.File.EndsWith(".csv", StringComparison.Ordinal))
            {
                throw new StudyException($"{measure.Place}: measure '{measure.Name}': '{measure.File}'; expected summary.json without 'by', 'take' and 'where', or a "
                    + ".csv file of the trial's folder.");
            }
        }

        foreach (Measure measure in study.Measures)
        {
            int axes = study.Axes.Count(axis => axis.Cases.Count > 0 && axis.Cases.All(one => measure.ChanceBy.ContainsKey(one.Name)));
            string? stray = measure.ChanceBy.Keys.FirstOrDefault(name => study.Axes.All(axis => axis.Cases.All(one => one.Name != name)));
            _ = stray is null ? 0 : throw new StudyException($"{measure.Place}: chance: '{stray}' is no value of an axis; name one for each task, or give one number for all.");
            _ = measure.ChanceBy.Count == 0 || axes == 1 ? 0 : throw new StudyException(
                $"{measure.Place}: chance: {string.Join(", ", measure.ChanceBy.Keys)} are not all values of one axis and of no other; name each, or give one number for all.");
        }

        foreach (IReadOnlyDictionary<string, IReadOnlyList<string>> only in study.Only)
        {
            At("only", () => Check(study, only));
        }

        foreach (Claim claim in study.Claims)
        {
            At(claim.Place, () => Check(study, claim));
        }

        foreach (ChartPlan chart in study.Charts)
        {
            At(chart.Place, () => Check(study, chart));
        }

        if (study.Search is { } search)
        {
            At("search", () => Check(study, search));
        }
    }

    private static void Check(Study study, IReadOnlyDictionary<string, IReadOnlyList<string>> only)
    {
        if (study.Search is not null)
        {
            throw new StudyException("a search chooses among all combinations. Leave 'only' or 'search' out.");
        }

        Where(study, only.Where(one => one.Key != "seed").ToDictionary());
        if (only.TryGetValue("seed", out IReadOnlyList<string>? seeds) && seeds.FirstOrDefault(text => study.Seeds.All(seed => $"{seed}" != text)) is string stray)
        {
            throw new StudyException($"'{stray}' is no seed of the study; it has {string.Join(", ", study.Seeds)}.");
        }
    }

    private static void Check(Study study, Claim claim)
    {
        Measure measure = Number(study, claim.Measure);
        if (!measure.HasChance)
        {
            throw new StudyException($"the claim rests on '{measure.Name}', which does not say what a diverged trial counts at. Add to the measure 'chance: 0.1' "
                + "(one over the number of classes, times the measure's 'scale'), or 'chance: none' for what the trial left.");
        }

        if (claim.Differ is not null)
        {
            CheckDiffer(study, claim);
            return;
        }

        if (claim.Measures.Count > 1)
        {
            throw new StudyException("a claim of several measures says by what they 'differ'. Add 'differ', an axis or 'measure', or name one 'measure'.");
        }

        if (claim.Second is null == claim.Than is null)
        {
            throw new StudyException("a claim compares 'first' either with 'second' or with the number 'than'. Give one of the two.");
        }

        if (claim.Second is not null && (claim.First.Count == 0 || !claim.First.Keys.ToHashSet().SetEquals(claim.Second.Keys)))
        {
            throw new StudyException("'first' and 'second' must give values of the same axes, at least one, such as 'first: { step: 0.1 }' and 'second: { step: 1 }'.");
        }

        if (claim.OfDeviation && (claim.Second is null || study.Seeds.Count == 0))
        {
            throw new StudyException("a claim of deviations compares two sides over seeds. Give 'second' and 'seeds'.");
        }

        foreach ((string axis, string value) in claim.First.Concat(claim.Second ?? new Dictionary<string, string>()))
        {
            HasCase(study, axis, value);
        }

        Where(study, claim.Where);
        if (claim.Where.Keys.FirstOrDefault(claim.First.ContainsKey) is string both)
        {
            throw new StudyException($"'{both}' stands in 'where' and in a side of the claim. Leave it out of 'where'.");
        }
    }

    private static void CheckDiffer(Study study, Claim claim)
    {
        if (claim.First.Count > 0 || claim.Second is not null || claim.Than is not null || claim.Margin > 0 || claim.OfDeviation)
        {
            throw new StudyException("a claim that groups differ has no sides. Leave 'first', 'second', 'than', 'of' and 'margin' out, or leave 'differ' out.");
        }

        foreach (string name in claim.Measures)
        {
            _ = Number(study, name).HasChance ? 0 : throw new StudyException(
                $"the claim rests on '{name}', which does not say what a diverged trial counts at. Add to the measure 'chance: none' for what the trial left.");
        }

        Where(study, claim.Where);
        if (claim.Differ == Claim.ByMeasure ? claim.Measures.Count < 2 : study.Axis(claim.Differ!).Cases.Count < 2)
        {
            throw new StudyException($"'differ: {claim.Differ}' gives a single group; two or more can differ. Name more measures, or an axis of several values.");
        }
    }

    private static void Check(Study study, ChartPlan chart)
    {
        bool heat = chart.Kind == ChartKind.HeatMap;
        if (heat)
        {
            _ = (study.Axis(chart.X), study.Axis(chart.Y), Number(study, chart.Value ?? throw new StudyException("a heat map needs 'value', a measure. Add it.")));
        }
        else
        {
            foreach (Measure measure in chart.Ys.Select(study.Measure))
            {
                _ = measure.By is not string by ? study.Axis(chart.X) is null : chart.X == by ? false
                    : throw new StudyException($"'{chart.X}' is not what the curve '{measure.Name}' is by. Write 'x: {by}'.");
            }
        }

        if (chart.Ys.Count > 1 && (heat || chart.Panels is not null))
        {
            throw new StudyException("a chart of several measures has one panel for each. Give one 'y', or leave 'panels' out and draw lines.");
        }

        foreach (string axis in new[] { chart.Series, chart.Panels }.OfType<string>())
        {
            _ = heat && axis == chart.Series ? throw new StudyException("a heat map has no 'series'. Use 'panels'.") : study.Axis(axis);
        }

        Where(study, chart.Where);
    }

    private static void Check(Study study, SearchPlan search)
    {
        _ = Number(study, search.Measure);
        if (study.Axes.Count == 0)
        {
            throw new StudyException("a search needs axes to search over. Add a range.");
        }

        if (search.Method == SearchMethod.Bayesian && study.Axes.FirstOrDefault(axis => axis.Range is null) is { } listed)
        {
            throw new StudyException($"axis '{listed.Name}' is a list, and Bayesian search goes over ranges. Write it as a range ({{ from: 0.01, to: 1, log: true }}), "
                + "or use the method random.");
        }

        if (search.Method == SearchMethod.Bayesian && study.Axes.Count > 8)
        {
            throw new StudyException($"Bayesian search over {study.Axes.Count} axes; expected at most 8.");
        }

        bool draws = search.Method != SearchMethod.Bayesian && study.Axes.Any(axis => axis.Range is not null);
        if (draws && study.Claims.FirstOrDefault(claim => claim.Second is not null && claim.First.Keys.Any(name => name != search.Budget)) is { } never)
        {
            throw new StudyException($"the claim at {never.Place} compares settings that differ in nothing else, and the search draws each from a range, so that no two do. "
                + "Claim in a study without a search, or over lists.");
        }

        if (study.Claims.SelectMany(claim => claim.First.Keys).FirstOrDefault(name => study.Axis(name).Range is not null) is string range)
        {
            throw new StudyException($"the claim names a value of '{range}', a range whose values the search chooses. Claim over a list, or leave the search out.");
        }
    }

    private static Measure Number(Study study, string name) => study.Measure(name) is { By: null } measure ? measure
        : throw new StudyException($"'{name}' is a curve, and a number is needed here. Add a measure without 'by'.");

    private static void Where(Study study, IReadOnlyDictionary<string, IReadOnlyList<string>> where)
    {
        foreach ((string axis, IReadOnlyList<string> values) in where)
        {
            foreach (string value in values)
            {
                HasCase(study, axis, value);
            }
        }
    }

    private static void HasCase(Study study, string axis, string value)
    {
        StudyAxis known = study.Axis(axis);
        if (known.Cases.Count > 0 && known.Cases.All(one => one.Name != value))
        {
            throw new StudyException($"'{value}' is no value of '{axis}'; it has {string.Join(", ", known.Cases.Select(one => one.Name))}.");
        }
    }

    private static void At(string place, Action check)
    {
        try
        {
            check();
        }
        catch (StudyException e)
        {
            throw new StudyException($"{place}: {e.Message}");
        }
    }
}
