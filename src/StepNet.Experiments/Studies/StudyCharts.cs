using System.Globalization;
using StepNet.Experiments.Charts;
using StepNet.Experiments.Statistics;

namespace StepNet.Experiments.Studies;

/// <summary>Draws the charts that a study asks for.</summary>
public static class StudyCharts
{
    // More points than that say no more on a screen, and make a page heavy.
    private const int MostPoints = 400;

    /// <summary>The figures of a plan; a heat map has one for each panel.</summary>
    /// <param name="result">What the trials say.</param>
    /// <param name="plan">What to draw.</param>
    public static IReadOnlyList<Figure> Draw(StudyResult result, ChartPlan plan)
    {
        ArgumentNullException.ThrowIfNull(result);
        ArgumentNullException.ThrowIfNull(plan);
        StudyTrial[] trials = [.. result.Trials.Where(trial => StudyResult.IsIn(trial, plan.Where))];
        string note = string.Join(' ', new[] { plan.Note, result.Study.Scale is null ? null : result.Study.Note }.OfType<string>());
        plan = plan with { Note = note.Length > 0 ? note : null };
        AxisCase?[] panels = plan.Panels is null ? [null] : [.. Cases(result.Study.Axis(plan.Panels), trials)];
        if (plan.Kind == ChartKind.HeatMap)
        {
            return [.. panels.Select(panel => Heat(result, plan, On(trials, plan.Panels, panel), Titled(result.Study, plan, panel)))];
        }

        // A panel for each value of an axis, or else for each measure.
        (string Name, Chart Chart, string[] Notes)[] charts = plan.Panels is null
            ? [.. plan.Ys.Select(y => Panel(result.Study.Measure(y).Label, plan with { Ys = [y] }, trials))]
            : [.. panels.Select(panel => Panel(Named(result.Study.Axis(plan.Panels), panel!), plan, On(trials, plan.Panels, panel)))];
        return charts.Length == 1 ? [charts[0].Chart] :
        [
            new SmallMultiples
            {
                Title = plan.Title,
                Subtitle = Drawn(result, plan, trials),
                Note = string.Join(' ', charts.SelectMany(one => one.Notes).Distinct()) is { Length: > 0 } all ? all : null,
                // Panels of several measures say by their titles what is upwards, unless one label serves all.
                Panels = [.. charts.Select(one => one.Chart with { Title = one.Name, Y = plan.Ys.Count > 1 ? one.Chart.Y with { Label = plan.YLabel ?? "" } : one.Chart.Y })],
                Columns = Math.Min(charts.Length, charts.Length == 4 ? 2 : 3),
                SharedX = plan.SharedAxes,
                SharedY = plan.SharedAxes,
                Width = 860,
                PlotHeight = 200,
            },
        ];

        (string, Chart, string[]) Panel(string name, ChartPlan part, StudyTrial[] members)
        {
            Chart chart = Lines(result, part, members, trials, out string[] notes);
            return (name, chart, notes);
        }
    }

    /// <summary>Charts for a study that asks for none: each number against the first axis, with a line for each value of the second.</summary>
    public static IReadOnlyList<ChartPlan> Default(Study study)
    {
        ArgumentNullException.ThrowIfNull(study);
        return study.Axes.Count == 0 ? [] :
        [
            .. study.Measures.Where(measure => measure.By is null).Select(measure => new ChartPlan
            {
                Title = $"{measure.Label} against {study.Axes[0].Label}",
                X = study.Axes[0].Name,
                Ys = [measure.Name],
                Series = study.Axes.Count > 1 ? study.Axes[1].Name : null,
                Panels = study.Axes.Count > 2 ? study.Axes[2].Name : null,
                Kind = study.Search is null ? ChartKind.Lines : ChartKind.Scatter,
                ErrorBars = true,
                Place = measure.Place,
            }),
        ];
    }

    // Panels that share axes have the same categories in the same places, whether or not they have trials of them all.
    private static Chart Lines(StudyResult result, ChartPlan plan, StudyTrial[] trials, StudyTrial[] ofAllPanels, out string[] notes)
    {
        Study study = result.Study;
        Measure measure = study.Measure(plan.Y);
        StudyAxis? x = measure.By is null ? study.Axis(plan.X) : null;
        AxisCase[] places = x is null ? [] : [.. Cases(x, plan.SharedAxes ? ofAllPanels : trials)];
        bool numeric = x is null || places.All(place => place.Number is not null);
        AxisCase?[] series = plan.Series is null ? [null] : [.. Cases(study.Axis(plan.Series), trials)];
        int thinned = 1;
        List<Series> drawn = [];
        foreach (AxisCase? one in series)
        {
            StudyTrial[] members = On(trials, plan.Series, one);
            string name = one is null ? "" : Named(study.Axis(plan.Series!), one);
            IReadOnlyList<DataPoint> points = x is null ? Curve(result, measure, members, plan.Spread, ref thinned)
                : plan.Kind == ChartKind.Scatter ? [.. members.Select(trial => Marker(trial))]
                : [.. places.Index().Select(place => Point(Place(place.Item, place.Index), measure, [.. On(members, plan.X, place.Item).Select(result.Of)], plan.Spread))
                    .Where(point => point.Diverged || double.IsFinite(point.Y)).OrderBy(point => point.X)];
            drawn.Add(new Series(name, points)
            {
                Mark = plan.Kind == ChartKind.Scatter ? Mark.Scatter : Mark.Line,
                Spread = plan.ErrorBars ? Spread.ErrorBars : Spread.Band,
            });
        }

        notes =
        [
            .. ((string[])[plan.Note ?? "",
            x is null && trials.Any(trial => result.Of(trial).State == TrialState.Diverged) ? "Behind a cross the line goes on over the trials that did not diverge." : "",
            thinned > 1 ? $"Every {thinned}th row is drawn." : ""]).Where(note => note.Length > 0),
        ];
        return new Chart
        {
            Title = plan.Title,
            Subtitle = Drawn(result, plan, trials),
            Note = notes.Length == 0 ? null : string.Join(' ', notes),
            X = new Axis(plan.XLabel ?? x?.Label ?? plan.X, numeric && (plan.LogX ?? x?.Log ?? false)) { Categories = numeric ? null : [.. places.Select(place => place.Name)] },
            Y = new Axis(plan.YLabel ?? measure.Label, plan.LogY) { LessIsBetter = measure.LessIsBetter },
            Series = drawn,
            Width = 720,
        };

        double Place(AxisCase place, int index) => numeric ? place.Number!.Value : index;

        DataPoint Marker(StudyTrial trial)
        {
            TrialResult read = result.Of(trial);
            AxisCase place = trial.Cases[plan.X];
            double y = read.Score(measure);
            return new DataPoint(Place(place, Array.FindIndex(places, other => other.Name == place.Name)), y, Diverged: read.State == TrialState.Diverged)
            {
                Hover = $"{trial.Description}: {(read.State == TrialState.Diverged ? "diverged" : y.ToString("g4", CultureInfo.InvariantCulture))}",
            };
        }
    }

    // What a point is, of how many, and at which scale.
    private static string Drawn(StudyResult result, ChartPlan plan, StudyTrial[] trials)
    {
        string spread = plan.Spread switch
        {
            SpreadMeasure.Deviation => "one standard deviation to either side",
            SpreadMeasure.Quartiles => "quartiles",
            SpreadMeasure.Range => "least to greatest",
            _ => "",
        };
        (string seeds, bool single) = Counts(result, trials, plan.Ys.Select(result.Study.Measure).All(measure => measure.By is not null) ? null : plan.X, plan.Series, plan.Panels);
        return (plan.Kind == ChartKind.Scatter ? "a marker a trial"
            : single ? "one trial a point"
            : $"median of {seeds}{(spread.Length > 0 ? $", {(plan.ErrorBars ? "bars" : "band")}: {spread}" : "")}")
            + (result.Study.Scale is null ? "" : $"; scale {result.Study.Scale}");
    }

    // What a point stands for: settings may differ in how many seeds they have, or have run so far; and where an axis is not drawn, in more.
    private static (string Text, bool Single) Counts(StudyResult result, StudyTrial[] trials, params string?[] drawn)
    {
        StudyTrial[] run = [.. trials.Where(trial => result.Of(trial).IsResult)];
        int[] points = Of(run.GroupBy(trial => string.Join('\n', drawn.OfType<string>().Select(axis => trial.Cases[axis].Name))));
        int[] settings = Of(run.GroupBy(trial => string.Join('\n', trial.Cases.Values.Select(one => one.Name))));
        string text = points.Min() == points.Max() ? $"{points.Max()}" : $"{points.Min()} to {points.Max()}";
        return ($"{text} {(points.Length == settings.Length ? "seeds" : "trials")}", points.Max() == 1);

        static int[] Of(IEnumerable<IGrouping<string, StudyTrial>> groups) => [.. groups.Select(group => group.Count()).DefaultIfEmpty(1)];
    }

    private static DataPoint Point(double x, Measure measure, TrialResult[] results, SpreadMeasure spread)
    {
        double[] values = [.. results.Select(one => one.Score(measure)).Where(double.IsFinite)];
        int diverged = results.Count(one => one.State == TrialState.Diverged);
        if (values.Length == 0)
        {
            return new DataPoint(x, double.NaN, Diverged: diverged > 0);
        }

        (Summary summary, double low, double high) = Around(values, spread);
        return new DataPoint(x, summary.Median, low, high, diverged > 0)
        {
            Hover = string.Create(CultureInfo.InvariantCulture, $"{x:g4}: median {summary.Median:g4} of {summary.Count}, {summary.Minimum:g4} to {summary.Maximum:g4}")
                + (diverged > 0 ? $", {diverged} diverged" : ""),
        };
    }

    private static (Summary Summary, double Low, double High) Around(double[] values, SpreadMeasure spread)
    {
        Summary summary = Summary.Of(values);
        return summary.Count == 1 ? (summary, double.NaN, double.NaN) : spread switch
        {
            SpreadMeasure.Deviation => (summary, summary.Median - summary.StandardDeviation, summary.Median + summary.StandardDeviation),
            SpreadMeasure.Quartiles => (summary, summary.LowerQuartile, summary.UpperQuartile),
            SpreadMeasure.Range => (summary, summary.Minimum, summary.Maximum),
            _ => (summary, double.NaN, double.NaN),
        };
    }

    // Over the trials that reach so far: a median that jumps where one of them diverges is marked there.
    private static List<DataPoint> Curve(StudyResult result, Measure measure, StudyTrial[] trials, SpreadMeasure spread, ref int thinned)
    {
        SortedDictionary<double, List<double>> byPlace = [];
        HashSet<double> ends = [];
        foreach (TrialResult trial in trials.Select(result.Of))
        {
            foreach ((double x, double y) in trial.Curves[measure.Name].Where(point => double.IsFinite(point.X)))
            {
                if (!byPlace.TryGetValue(x, out List<double>? values))
                {
                    byPlace[x] = values = [];
                }

                if (double.IsFinite(y))
                {
                    values.Add(y);
                }
            }

            // One that diverged before its first point ends where others begin.
            if (trial.State == TrialState.Diverged && (trial.Curves[measure.Name].Count > 0 ? trial.Curves[measure.Name][^1].X : Begin(result, measure)) is double end)
            {
                _ = ends.Add(end);
                _ = byPlace.TryAdd(end, []);
            }
        }

        int every = Math.Max((byPlace.Count + MostPoints - 1) / MostPoints, 1);
        thinned = Math.Max(thinned, every);
        List<DataPoint> points = [];
        foreach ((int index, (double x, List<double> values)) in byPlace.Index())
        {
            bool end = ends.Contains(x);
            if (values.Count > 0 && (index % every == 0 || end || index == byPlace.Count - 1))
            {
                (Summary summary, double low, double high) = Around([.. values], spread);
                points.Add(new DataPoint(x, summary.Median, low, high, end));
            }
            else if (end)
            {
                points.Add(new DataPoint(x, double.NaN, Diverged: true));
            }
        }

        return points;
    }

    private static double? Begin(StudyResult result, Measure measure) =>
        result.Trials.SelectMany(trial => result.Of(trial).Curves[measure.Name]).Select(point => point.X).Where(double.IsFinite).Cast<double?>().Min();

    private static HeatMap Heat(StudyResult result, ChartPlan plan, StudyTrial[] trials, string title)
    {
        Study study = result.Study;
        StudyAxis x = study.Axis(plan.X), y = study.Axis(plan.Y);
        Measure measure = study.Measure(plan.Value!);
        AxisCase[] columns = [.. Cases(x, trials)], rows = [.. Cases(y, trials)];
        if (columns.Length == 0 || rows.Length == 0)
        {
            throw new StudyException($"{plan.Place}: the heat map '{plan.Title}' has no trials to show.");
        }

        return new HeatMap
        {
            Title = title,
            Subtitle = $"median of {Counts(result, trials, plan.X, plan.Y, plan.Panels).Text}; a cross where all diverged" + (study.Scale is null ? "" : $"; scale {study.Scale}"),
            Note = plan.Note,
            X = new Axis(plan.XLabel ?? x.Label) { Categories = [.. columns.Select(one => one.Name)] },
            Y = new Axis(plan.YLabel ?? y.Label) { Categories = [.. rows.Select(one => one.Name)] },
            Value = new Axis(measure.Label, plan.LogY) { LessIsBetter = measure.LessIsBetter },
            Values = [.. rows.Select(row => columns.Select(column => Cell(On(On(trials, plan.Y, row), plan.X, column))).ToArray())],
            Width = 720,
        };

        double Cell(StudyTrial[] cell)
        {
            TrialResult[] results = [.. cell.Select(result.Of).Where(one => one.IsResult)];
            double[] values = [.. results.Select(one => one.Score(measure)).Where(double.IsFinite)];
            return results.Length > 0 && results.All(one => one.State == TrialState.Diverged) ? double.PositiveInfinity
                : values.Length > 0 ? Summary.Of(values).Median : double.NaN;
        }
    }

    private static string Titled(Study study, ChartPlan plan, AxisCase? panel) =>
        panel is null ? plan.Title : $"{plan.Title}: {Named(study.Axis(plan.Panels!), panel)}";

    // An empty label is one that the values make superfluous.
    private static string Named(StudyAxis axis, AxisCase one) => axis.Label.Length == 0 ? one.Name : $"{axis.Label} {one.Name}";

    private static StudyTrial[] On(StudyTrial[] trials, string? axis, AxisCase? one) =>
        axis is null || one is null ? trials : [.. trials.Where(trial => trial.Cases[axis].Name == one.Name)];

    // In the order of the file; those that a search found, by size.
    private static IEnumerable<AxisCase> Cases(StudyAxis axis, StudyTrial[] trials)
    {
        AxisCase[] seen = [.. trials.Select(trial => trial.Cases[axis.Name]).DistinctBy(one => one.Name)];
        AxisCase[] listed = [.. axis.Cases.Where(one => seen.Any(other => other.Name == one.Name))];
        return listed.Length == seen.Length ? listed : seen.OrderBy(one => one.Number ?? double.MaxValue);
    }
}
