using System.Globalization;
using System.Text;
using StepNet.Experiments.Search;
using StepNet.Experiments.Statistics;
using YamlDotNet.RepresentationModel;

namespace StepNet.Experiments.Studies;

/// <summary>Reads a study from YAML; <c>docs/studies.md</c> describes the file.</summary>
public static class StudyFile
{
    private static readonly string[] s_keys =
    [
        "title", "source", "note", "kind", "settings", "axes", "only", "seeds", "labels", "measures", "claim", "verdict", "search", "charts", "scales",
    ];

    // What a scale may have of its own. The rule of the verdict is one for all scales.
    private static readonly string[] s_scaled = ["note", "settings", "axes", "only", "seeds", "measures", "claim", "search", "charts"];

    // What one method of a search has, and the others have no use for.
    private static readonly string[] s_ofBayesian = ["at-once"], s_ofHalving = ["budget", "min", "max", "factor"];

    /// <summary>Reads a study and checks all that can be checked before a trial runs.</summary>
    /// <param name="path">The file.</param>
    /// <param name="kinds">The kinds of trial that there are.</param>
    /// <param name="scale">One of the file's scales; null for the file as it is.</param>
    /// <exception cref="StudyException">The file cannot be read, or something in it cannot be carried out.</exception>
    public static Study Read(string path, IReadOnlyList<ITrialKind> kinds, string? scale = null)
    {
        YamlMap file = YamlMap.Read(path, "a study").Allow(s_keys);
        string? note = file.Text("note");
        if (scale is not null)
        {
            YamlMap scales = file.Map("scales", "scales by name") ?? throw new StudyException($"{path}: the study has no scales; leave '{scale}' out.");
            YamlMap over = scales.Map(scale, $"the scale {scale}") ?? throw new StudyException(
                $"{path}: '{scale}' is no scale of the study; it has {string.Join(", ", scales.Entries.Select(entry => entry.Key))}.");
            file = file.With(over.Allow(s_scaled), depth: 1);

            // What holds at every scale stands behind what holds at this one.
            note = over.Text("note") is string own ? note is null ? own : $"{own} {note}" : note;
        }

        string kindName = file.Text("kind") ?? "train";
        ITrialKind kind = kinds.FirstOrDefault(known => known.Name == kindName) ?? throw new StudyException(
            $"{file.At(file.Find("kind")!)}: '{kindName}' is no kind of trial; expected {string.Join(", ", kinds.Select(known => known.Name))}."
            + Nearest.Hint(kindName, kinds.Select(known => known.Name)));
        Dictionary<string, string> labels = file.Map("labels", "labels of axes and measures") is YamlMap map
            ? map.Entries.ToDictionary(entry => entry.Key, entry => entry.Value is YamlScalarNode { Value: "" } ? "" : map.Scalar(entry.Value, $"'{entry.Key}'")) : [];
        IReadOnlyList<StudyAxis> axes = [.. (file.Map("axes", "axes by name")?.Entries ?? []).Select(entry => Axis(file, entry, labels, kind))];
        Study study = new()
        {
            Name = System.IO.Path.GetFileNameWithoutExtension(path) + (scale is null ? "" : $"-{scale}"),
            Title = file.Required("title"),
            Source = file.Text("source"),
            Note = note,
            Scale = scale,
            Kind = kindName,
            Settings = file.Map("settings", "settings of a trial") is YamlMap settings ? Settings(settings, kind) : [],
            Axes = axes,
            Only = [.. file.Maps("only", "values by axis").Select(Values)],
            Seeds = Seeds(file),
            Measures = [.. (file.Map("measures", "measures by name")?.Entries ?? []).Select(entry => MeasureOf(file, entry, labels))],
            Claims = [.. file.Maps("claim", "a claim").Select(ClaimOf)],
            Rule = Rule(file.Map("verdict", "the rule of the verdict")),
            Search = SearchOf(file.Map("search", "a search")),
            Charts = [.. file.Maps("charts", "a chart").Select(ChartOf)],
            Substance = "",
        };
        if (study.Measures.Count == 0)
        {
            throw new StudyException($"{path}: the study measures nothing. Add 'measures', such as 'measures: {{ accuracy: {{ column: test_accuracy, chance: 0.1 }} }}'.");
        }

        if (study.Search is { Method: SearchMethod.Halving } halving)
        {
            study = study with { Axes = [.. study.Axes, Budget(study, halving, labels, kind)] };
        }

        StudyCheck.Check(study);
        return study with { Substance = Substance(study) };
    }

    private static IReadOnlyList<Setting> Settings(YamlMap map, ITrialKind kind) =>
        [.. map.Entries.Select(entry => SettingOf(map, entry.Key, string.Join(',', map.Texts(entry.Value, entry.Key)), entry.Value, kind))];

    private static Setting SettingOf(YamlMap map, string key, string value, YamlNode node, ITrialKind kind)
    {
        string place = map.At(node);
        if (key == "seed")
        {
            throw new StudyException($"{place}: 'seed' is no setting of a study. Name seeds by 'seeds: 5' or 'seeds: [1, 2, 3]'.");
        }

        if (!kind.Keys.Contains(key))
        {
            throw new StudyException($"{place}: '{key}' is no setting of a trial of kind {kind.Name}.{Nearest.Hint(key, kind.Keys)}");
        }

        return kind.Check(key, value) is string wrong ? throw new StudyException($"{place}: {wrong}") : new Setting(key, value, place);
    }

    private static StudyAxis Axis(YamlMap file, KeyValuePair<string, YamlNode> entry, Dictionary<string, string> labels, ITrialKind kind)
    {
        (string name, YamlNode node) = entry;
        string label = labels.GetValueOrDefault(name, name), place = file.At(node);
        StudyAxis axis = node switch
        {
            YamlSequenceNode { Children.Count: > 0 } => Listed(
                [.. file.Texts(node, name).Select(value => new AxisCase(value, [SettingOf(file, name, value, node, kind)]))]),
            YamlMappingNode { Children.Count: > 0 } map when map.Children.Values.All(value => value is YamlMappingNode) => Listed(
                [.. map.Children.Select(one => new AxisCase($"{one.Key}", Settings(file.Map(one.Value, name, "settings of a trial"), kind)))]),
            YamlMappingNode => Range(file.Map(node, name, "a range").Allow("from", "to", "count", "log", "integer"), name, label, kind),
            _ => throw new StudyException($"{place}: axis '{name}' has no values; expected a list ([0.1, 1]), a range "
                + "({ from: 0.01, to: 1, count: 5, log: true }) or named cases (name: { setting: value })."),
        };
        AxisCase[] twice = [.. axis.Cases.GroupBy(one => one.Name).Where(group => group.Count() > 1).Select(group => group.First())];
        if (twice.Length > 0)
        {
            throw new StudyException($"{place}: axis '{name}' has the value {twice[0].Name} twice. Delete one.");
        }

        double[] numbers = [.. axis.Cases.Select(one => one.Number).OfType<double>()];
        return axis.Range is not null ? axis : axis with
        {
            // Lists that spread over ratios are meant as ratios.
            Log = numbers.Length == axis.Cases.Count && numbers.Length > 1 && numbers.Min() > 0 && numbers.Max() / numbers.Min() >= 20,
        };

        StudyAxis Listed(IReadOnlyList<AxisCase> cases) => new(name, label, cases) { Place = place };
    }

    private static StudyAxis Range(YamlMap map, string name, string label, ITrialKind kind)
    {
        double from = map.Number("from", double.MinValue, double.MaxValue) ?? throw new StudyException($"{map.Place}: the range '{name}' needs 'from'. Add it.");
        double to = map.Number("to", double.MinValue, double.MaxValue) ?? throw new StudyException($"{map.Place}: the range '{name}' needs 'to'. Add it.");
        bool log = map.Flag("log") ?? false;
        if (!(from < to) || (log && from <= 0))
        {
            throw new StudyException(string.Create(CultureInfo.InvariantCulture,
                $"{map.Place}: the range '{name}' reaches from {from} to {to}; expected 'from' below 'to'{(log ? ", and above 0 as it is logarithmic" : "")}."));
        }

        SearchAxis range = new(name, from, to, log) { Integer = map.Flag("integer") ?? false };
        if (range.Integer && !(double.IsInteger(from) && double.IsInteger(to)))
        {
            throw new StudyException(string.Create(CultureInfo.InvariantCulture,
                $"{map.Place}: the range '{name}' is of whole numbers and reaches from {from} to {to}; give whole ends."));
        }

        StudyAxis axis = new(name, label, []) { Range = range, Log = log, Place = map.Place };
        int count = map.Integer("count", 2, 10_000) ?? 0;
        AxisCase[] cases = [.. Enumerable.Range(0, count).Select(i => axis.At(range.FromUnit(i / (count - 1.0)))).DistinctBy(one => one.Name)];
        foreach (AxisCase one in cases.Append(axis.At(from)).Append(axis.At(to)))
        {
            Setting setting = one.Settings[0];
            _ = kind.Keys.Contains(name) ? kind.Check(name, setting.Value) is string wrong ? throw new StudyException($"{map.Place}: {wrong}") : 0
                : throw new StudyException($"{map.Place}: '{name}' is no setting of a trial of kind {kind.Name}.{Nearest.Hint(name, kind.Keys)}");
        }

        return axis with { Cases = cases };
    }

    // The budget of halving is an axis like others to rows and charts, with a value a rung.
    private static StudyAxis Budget(Study study, SearchPlan search, Dictionary<string, string> labels, ITrialKind kind)
    {
        string name = search.Budget;
        if (study.Axes.Any(axis => axis.Name == name) || !kind.Keys.Contains(name))
        {
            throw new StudyException($"search: budget: '{name}', expected a setting of a trial of kind {kind.Name} that is no axis.{Nearest.Hint(name, kind.Keys)}");
        }

        return new StudyAxis(name, labels.GetValueOrDefault(name, name), [.. search.Halving.Rungs.Select(rung => rung.Budget).Distinct()
            .Select(budget => budget.ToString(CultureInfo.InvariantCulture)).Select(text => new AxisCase(text, [new Setting(name, text, "search")]))])
        {
            Place = "search",
        };
    }

    private static ulong[] Seeds(YamlMap file) => file.Find("seeds") switch
    {
        null => [],
        YamlScalarNode => [.. Enumerable.Range(1, file.Integer("seeds", 1, 10_000)!.Value).Select(seed => (ulong)seed)],
        YamlNode list => Distinct(file, list, [.. file.Texts(list, "seeds").Select(text => ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out ulong seed)
            ? seed : throw new StudyException($"{file.At(list)}: seeds: '{text}', expected whole numbers, 0 or more."))]),
    };

    // The same trial twice would count as two.
    private static ulong[] Distinct(YamlMap file, YamlNode list, ulong[] seeds) =>
        seeds.CountBy(seed => seed).FirstOrDefault(one => one.Value > 1) is { Value: > 1 } twice
            ? throw new StudyException($"{file.At(list)}: seeds: {twice.Key} stands there {twice.Value} times. Leave one.") : seeds;

    private static Measure MeasureOf(YamlMap file, KeyValuePair<string, YamlNode> entry, Dictionary<string, string> labels)
    {
        YamlMap map = file.Map(entry.Value, entry.Key, "a measure").Allow("file", "column", "where", "take", "by", "every", "scale", "better", "chance", "label");
        YamlMap? where = map.Map("where", "values by column");
        YamlMap? by = map.Find("chance") is YamlMappingNode node ? map.Map(node, "chance", "what a diverged trial counts at, by the value of an axis") : null;
        bool none = by is null && map.Text("chance") == "none";
        if (map.Find("every") is not null && map.Find("by") is null)
        {
            throw new StudyException($"{map.Place}: measure '{entry.Key}': 'every' thins a curve. Add 'by', the column that it runs over, or leave it out.");
        }

        if (map.Find("take") is not null && map.Find("by") is not null)
        {
            throw new StudyException($"{map.Place}: measure '{entry.Key}': 'take' makes one number of rows, and 'by' a curve. Leave one of them out.");
        }

        return new Measure
        {
            Name = entry.Key,
            Label = map.Text("label") ?? labels.GetValueOrDefault(entry.Key, entry.Key),
            File = map.Text("file") ?? "summary.json",
            Column = map.Required("column"),
            Where = where?.Entries.ToDictionary(one => one.Key, one => where.Scalar(one.Value, $"'{one.Key}'")) ?? [],
            Take = (Taking)map.Word("take", "last", "first", "mean", "median", "min", "max", "sum"),
            By = map.Text("by"),
            Every = map.Integer("every", 1, 1_000_000) ?? 1,
            Scale = map.Number("scale", double.MinValue, double.MaxValue) ?? 1,
            LessIsBetter = map.Word("better", "higher", "lower") == 1,
            ChanceBy = by?.Entries.ToDictionary(one => one.Key, one => by.Number(one.Key, double.MinValue, double.MaxValue)!.Value) ?? [],
            Chance = none || by is not null ? null : map.Number("chance", double.MinValue, double.MaxValue),
            HasChance = map.Find("chance") is not null,
            Place = map.Place,
        };
    }

    private static Claim ClaimOf(YamlMap map)
    {
        _ = map.Allow("text", "measure", "of", "first", "second", "than", "where", "margin", "differ", "measures");
        IReadOnlyList<string> measures = map.Find("measures") is YamlNode several ? map.Texts(several, "measures") : [map.Required("measure")];
        return new Claim
        {
            Text = map.Required("text"),
            Measure = measures[0],
            Measures = measures,
            Differ = map.Text("differ"),
            OfDeviation = map.Word("of", "value", "deviation") == 1,
            First = Side("first") ?? new Dictionary<string, string>(),
            Second = Side("second"),
            Than = map.Number("than", double.MinValue, double.MaxValue),
            Where = Where(map),
            Margin = map.Number("margin", 0, double.MaxValue) ?? 0,
            Place = map.Place,
        };

        Dictionary<string, string>? Side(string key) => map.Map(key, "one value for each of some axes") is YamlMap side
            ? side.Entries.ToDictionary(one => one.Key, one => side.Scalar(one.Value, $"'{one.Key}'")) : null;
    }

    private static Dictionary<string, IReadOnlyList<string>> Where(YamlMap map) => map.Map("where", "values by axis") is YamlMap where ? Values(where) : [];

    private static Dictionary<string, IReadOnlyList<string>> Values(YamlMap map) => map.Entries.ToDictionary(one => one.Key, one => map.Texts(one.Value, one.Key));

    private static VerdictRule Rule(YamlMap? map) => map is null ? new VerdictRule() : new VerdictRule
    {
        MinPairs = map.Allow("min-pairs", "alpha").Integer("min-pairs", 1, 1_000_000) ?? new VerdictRule().MinPairs,
        Alpha = map.Number("alpha", 1e-9, 0.499) ?? new VerdictRule().Alpha,
    };

    private static SearchPlan? SearchOf(YamlMap? map)
    {
        if (map is null)
        {
            return null;
        }

        _ = map.Allow("method", "settings", "at-once", "seed", "measure", "budget", "min", "max", "factor");
        int min = map.Integer("min", 1, 999_999) ?? 1;
        SearchMethod method = (SearchMethod)map.Word("method", "random", "bayesian", "halving");
        string[] others = method == SearchMethod.Bayesian ? s_ofHalving : [.. s_ofBayesian, .. method == SearchMethod.Halving ? [] : s_ofHalving];
        if (others.FirstOrDefault(key => map.Find(key) is not null) is string stray)
        {
            throw new StudyException($"{map.Place}: '{stray}' belongs to {(s_ofHalving.Contains(stray) ? "halving" : "bayesian")}. Leave it out.");
        }

        if (method == SearchMethod.Halving && map.Find("max") is null)
        {
            throw new StudyException($"{map.Place}: halving needs 'max', the {map.Text("budget") ?? "epochs"} of the last settings; without it nothing is halved. Add it.");
        }

        return new SearchPlan
        {
            Method = method,
            Settings = map.Integer("settings", 1, 100_000) ?? throw new StudyException($"{map.Place}: a search needs 'settings', how many are tried. Add it."),
            AtOnce = map.Integer("at-once", 1, 1_000) ?? 1,
            Seed = (ulong)(map.Integer("seed", 0, int.MaxValue) ?? 1),
            Measure = map.Required("measure"),
            Budget = map.Text("budget") ?? "epochs",
            MinBudget = min,
            MaxBudget = map.Integer("max", min + 1, 1_000_000) ?? min,
            Factor = map.Integer("factor", 2, 1_000) ?? 3,
        };
    }

    private static ChartPlan ChartOf(YamlMap map)
    {
        _ = map.Allow("title", "kind", "x", "y", "value", "series", "panels", "where", "spread", "error-bars", "x-label", "y-label", "log-x", "log-y", "shared-axes", "note");
        return new ChartPlan
        {
            Title = map.Required("title"),
            Kind = (ChartKind)map.Word("kind", "lines", "scatter", "heat-map"),
            X = map.Required("x"),
            Ys = map.Find("y") is YamlNode y ? map.Texts(y, "y") : throw new StudyException($"{map.Place}: a chart needs 'y'. Add it."),
            XLabel = map.Text("x-label"),
            YLabel = map.Text("y-label"),
            Value = map.Text("value"),
            Series = map.Text("series"),
            Panels = map.Text("panels"),
            Where = Where(map),
            Spread = (SpreadMeasure)map.Word("spread", "deviation", "quartiles", "range", "none"),
            ErrorBars = map.Flag("error-bars") ?? false,
            LogX = map.Flag("log-x"),
            LogY = map.Flag("log-y") ?? false,
            SharedAxes = map.Flag("shared-axes") ?? true,
            Note = map.Text("note"),
            Place = map.Place,
        };
    }

    private static string Substance(Study study)
    {
        StringBuilder text = new();
        Line("kind", study.Kind);
        Line("settings", Settings(study.Settings));
        foreach (StudyAxis axis in study.Axes)
        {
            Line("axis", axis.Name, axis.Range is { } range && study.Search is not null ? $"{range.Low} {range.High} {range.Log} {axis.Integer}"
                : string.Join(" | ", axis.Cases.Select(one => $"{one.Name}: {Settings(one.Settings)}")));
        }

        foreach (IReadOnlyDictionary<string, IReadOnlyList<string>> only in study.Only)
        {
            Line("only", Pairs(only.Select(one => KeyValuePair.Create(one.Key, string.Join(',', one.Value)))));
        }

        Line("seeds", string.Join(' ', study.Seeds));
        foreach (Measure m in study.Measures)
        {
            Line("measure", m.Name, m.File, m.Column, Pairs(m.Where), $"{m.Take} {m.By} {(m.Every > 1 ? $"every {m.Every} " : "")}{m.Scale} {m.LessIsBetter} {m.HasChance} {m.Chance}{string.Concat(m.ChanceBy.Select(one => $" {one.Key} {one.Value}"))}");
        }

        foreach (Claim c in study.Claims)
        {
            Line("claim", c.Differ is null ? c.Measure : $"{string.Join(',', c.Measures)} differ {c.Differ}", Pairs(c.First), c.Second is null ? "" : Pairs(c.Second), $"{c.Than} {c.Margin}{(c.OfDeviation ? " deviation" : "")}",
                Pairs(c.Where.Select(one => KeyValuePair.Create(one.Key, string.Join(',', one.Value)))));
        }

        Line("verdict", $"{study.Rule.MinPairs} {study.Rule.Alpha}");
        if (study.Search is { } s)
        {
            Line("search", $"{s.Method} {s.Settings} {s.AtOnce} {s.Seed} {s.Measure} {s.Budget} {s.MinBudget} {s.MaxBudget} {s.Factor}");
        }

        return text.ToString();

        void Line(params string[] parts) => text.Append(string.Join('\t', parts)).Append('\n');
        static string Settings(IEnumerable<Setting> settings) => Pairs(settings.Select(one => KeyValuePair.Create(one.Key, one.Value)));
        static string Pairs(IEnumerable<KeyValuePair<string, string>> pairs) =>
            string.Join("; ", pairs.OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => $"{pair.Key}={pair.Value}"));
    }
}
