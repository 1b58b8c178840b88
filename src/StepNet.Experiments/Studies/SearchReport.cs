using System.Globalization;
using StepNet.Experiments.Charts;
using StepNet.Experiments.Reports;
using StepNet.Experiments.Search;

namespace StepNet.Experiments.Studies;

/// <summary>What a search found; of a Bayesian one, the curve that it believes in and where it would look next.</summary>
internal static class SearchReport
{
    private const int CurvePoints = 81;

    /// <summary>The section; null before the first result.</summary>
    internal static Section? Section(StudyResult result)
    {
        Study study = result.Study;
        SearchPlan plan = study.Search!;
        Measure measure = study.Measure(plan.Measure);
        StudyTrial[][] settings = [.. result.Trials.Chunk(Math.Max(study.Seeds.Count, 1)).Where(seeds => seeds.All(trial => result.Of(trial).IsResult))];

        // The last rung of halving alone has the whole budget.
        double? budget = plan.Method == SearchMethod.Halving && settings.Length > 0 ? settings.Max(seeds => seeds[0].Cases[plan.Budget].Number) : null;
        (StudyTrial[] Seeds, double Score)[] scored =
        [
            .. settings.Where(seeds => budget is null || seeds[0].Cases[plan.Budget].Number == budget)
                .Select(seeds => (seeds, result.Plan.Score(seeds.Select(result.Of)))).Where(one => double.IsFinite(one.Item2)),
        ];
        if (scored.Length == 0)
        {
            return null;
        }

        (StudyTrial[] best, double score) = scored.MaxBy(one => one.Score);
        int sign = measure.LessIsBetter ? -1 : 1;
        List<SectionPart> parts =
        [
            new SettingsTable(
            [
                new("best setting", string.Join(", ", best[0].Cases.Select(one => $"{one.Key} {one.Value.Name}"))),
                new(measure.Label, $"{StudyReport.Number(sign * score)}, mean of {Math.Max(study.Seeds.Count, 1)} seeds"),
                new("search", string.Create(CultureInfo.InvariantCulture, $"{plan.Method} over {settings.DistinctBy(Name).Count()} settings, seed {plan.Seed}").ToLowerInvariant()),
            ]),
        ];
        if (plan.Method == SearchMethod.Bayesian && settings.Length >= 2)
        {
            parts.AddRange(study.Axes.Select((_, axis) => new FigurePart(Curve(result, [.. settings.SelectMany(seeds => seeds)], best[0], axis, sign, measure))));
        }

        return new Section("Search", parts);

        // Halving tries a setting again with a larger budget, and random may draw one twice.
        string Name(StudyTrial[] seeds) => string.Join('\n', seeds[0].Cases.Where(one => budget is null || one.Key != plan.Budget).Select(one => one.Value.Name));
    }

    /// <summary>The process along one axis through the best setting, what was seen, and the next proposals.</summary>
    private static Chart Curve(StudyResult result, StudyTrial[] trials, StudyTrial best, int axis, int sign, Measure measure)
    {
        Study study = result.Study;
        SearchPlan plan = study.Search!;
        SearchAxis[] axes = [.. study.Axes.Select(one => one.Range!)];
        BayesianSearch search = new(axes, plan.Seed);
        List<(double[] Values, double Score)> seen = result.Plan.Observations(trials, result.Of);
        GaussianProcess process = search.Fit(seen);
        double[] centre = [.. study.Axes.Select((one, k) => axes[k].ToUnit(best.Cases[one.Name].Number!.Value))];
        DataPoint[] curve =
        [
            .. Enumerable.Range(0, CurvePoints).Select(i =>
            {
                double[] at = [.. centre];
                at[axis] = i / (CurvePoints - 1.0);
                (double mean, double deviation) = process.Predict(at);
                return new DataPoint(axes[axis].FromUnit(at[axis]), sign * mean, (sign * mean) - (2 * deviation), (sign * mean) + (2 * deviation));
            }),
        ];
        List<(double[] Values, double Score)> all = [.. seen];
        List<DataPoint> next = [];
        for (int i = 0; i < Math.Max(plan.AtOnce, 3); i++)
        {
            double[] values = search.Propose(all);
            double mean = process.Predict([.. axes.Select((one, k) => one.ToUnit(values[k]))]).Mean;
            all.Add((values, mean));
            next.Add(new DataPoint(values[axis], sign * mean));
        }

        return new Chart
        {
            Title = $"{measure.Label} by {study.Axes[axis].Label}, as the search sees it",
            Subtitle = "mean and band of two standard deviations"
                + (axes.Length > 1 ? $" through the best setting ({best.Description})" : "") + "; settings tried, and the next that it proposes",
            X = new Axis(study.Axes[axis].Label, axes[axis].Log) { Minimum = axes[axis].Low, Maximum = axes[axis].High },
            Y = new Axis(measure.Label) { LessIsBetter = measure.LessIsBetter },
            Series =
            [
                new Series("Gaussian process", curve),
                new Series("tried", [.. result.Plan.Scores(trials, result.Of).Select(one => new DataPoint(one.Values[axis], sign * one.Score, Diverged: !double.IsFinite(one.Score)))]) { Mark = Mark.Scatter },
                new Series("next", next) { Mark = Mark.Scatter },
            ],
            Width = 720,
        };
    }
}
