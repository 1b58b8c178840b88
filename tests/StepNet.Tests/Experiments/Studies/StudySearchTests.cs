using System.Collections.Concurrent;
using System.Globalization;
using StepNet.Experiments.Charts;
using StepNet.Experiments.Reports;
using StepNet.Experiments.Studies;

namespace StepNet.Tests.Experiments.Studies;

/// <summary>Searches in study files: what runs, that it goes on after a stop, and what the report says of it.</summary>
public sealed class StudySearchTests
{
    // Nine settings with a budget of 1, three with 3, one with 9.
    private const string Halving = "method: halving, settings: 9, budget: offset, max: 9";

    [Theory]
    [InlineData("method: random, settings: 5", 5, 5)]
    [InlineData("method: bayesian, settings: 6", 6, 6)]
    [InlineData("method: bayesian, settings: 6", 6, 7)]
    [InlineData(Halving, 13, 13)]
    [InlineData(Halving, 13, 23)]
    public async Task Run_StoppedHalfWay_GoesOnToTheSameRowsAndNamesTheBest(string search, int settings, int at)
    {
        using StudyExample whole = new(Yaml(search)), stopped = new(Yaml(search));
        using CancellationTokenSource stop = new();
        ConcurrentBag<string> ran = [];
        StudyResult expected = await RunAsync(whole, Parabola([]));

        // Of the two seeds of every setting some: the last of them is stopped, within a setting or a rung, or at its beginning.
        StudyResult half = await RunAsync(stopped, Parabola(ran, stop, at), stop: stop.Token);
        Assert.False(half.IsComplete);
        Assert.Equal(at - 1, half.Trials.Count(trial => half.Of(trial).IsResult));
        StudyResult result = await RunAsync(stopped, Parabola(ran));

        Assert.True(result.IsComplete);
        Assert.Equal((2 * settings, (2 * settings) + 1), (result.Trials.Count, ran.Count));
        Assert.Equal(expected.Rows().ToCsv(), result.Rows().ToCsv());

        // The nearest to 1, of halving among those with the whole budget.
        StudyTrial best = result.Trials.Where(trial => !trial.Cases.TryGetValue("offset", out AxisCase? budget) || budget.Name == "9")
            .MinBy(trial => Math.Abs(trial.Cases["x"].Number!.Value - 1))!;
        string page = Report(stopped, result);
        Assert.Contains($"<th scope=\"row\">best setting</th><td>{string.Join(", ", best.Cases.Select(one => $"{one.Key} {one.Value.Name}"))}</td>", page, StringComparison.Ordinal);
        Assert.Contains($"<th scope=\"row\">search</th><td>{search.Split(' ')[1].TrimEnd(',')} over ", page, StringComparison.Ordinal);
    }

    // The first four spread over the range, none of them within 0.2 of the least.
    [Fact]
    public async Task Bayesian_SixSettings_ComeNearTheLeast()
    {
        using StudyExample example = new(Yaml("method: bayesian, settings: 6"));

        StudyResult result = await RunAsync(example, Parabola([]));

        double[] distances = [.. result.Trials.Where(trial => trial.Seed == 1).Select(trial => Math.Abs(trial.Cases["x"].Number!.Value - 1))];
        Assert.InRange(distances[..4].Min(), 0.2, 2);
        Assert.InRange(distances.Min(), 0, 0.1);
        Assert.Contains("<title>y by x, as the search sees it</title>", Report(example, result), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Bayesian_TwoAtOnce_TriesEachOnceHoweverManyRun()
    {
        using StudyExample example = new(Yaml("method: bayesian, settings: 7, at-once: 2")), other = new(Yaml("method: bayesian, settings: 7, at-once: 2"));

        // Before there is any result, two settings with two seeds each are known.
        (IReadOnlyList<StudyTrial> known, bool complete) = new StudyPlan(example.Read(), StudyExample.Parabola).Expand(_ => null);
        StudyResult result = await RunAsync(example, Parabola([]));

        Assert.Equal((4, false), (known.Count, complete));
        Assert.Equal((14, 14), (result.Trials.Count, result.Trials.DistinctBy(trial => trial.Trial.Key).Count()));
        Assert.Equal(7, result.Trials.Select(trial => trial.Cases["x"].Name).Distinct().Count());
        Assert.Equal(result.Rows().ToCsv(), (await RunAsync(other, Parabola([]), parallel: 2)).Rows().ToCsv());
    }

    [Theory]
    [InlineData("settings: 9, max: 9", "1 3 9", "9 3 1")]
    [InlineData("settings: 4, min: 2, max: 8, factor: 2", "2 4 8", "4 2 1")]
    [InlineData("settings: 9, min: 2, max: 10", "2 6 10", "9 3 1")]
    [InlineData("settings: 2, max: 9", "1 9", "2 1")]
    public async Task Halving_HigherRungs_HaveFewerSettingsAndTheBetterOnes(string plan, string budgets, string settings)
    {
        using StudyExample example = new(Yaml($"method: halving, budget: offset, {plan}"));

        StudyResult result = await RunAsync(example, Parabola([]));

        Assert.Equal(budgets, string.Join(' ', result.Study.Axis("offset").Cases.Select(one => one.Name)));
        string[][] rungs =
        [
            .. budgets.Split(' ').Select(budget => result.Trials.Where(trial => trial.Trial.Configuration["offset"] == budget)
                .Select(trial => trial.Cases["x"].Name).Distinct().ToArray()),
        ];
        Assert.Equal(settings, string.Join(' ', rungs.Select(rung => rung.Length)));
        Assert.Equal(2 * rungs.Sum(rung => rung.Length), result.Trials.Count);
        foreach ((string[] rung, string[] next) in rungs.Zip(rungs.Skip(1)))
        {
            Assert.Equal([.. rung.OrderBy(Distance).Take(next.Length).Order()], next.Order());
        }

        // The nearer to 1, the lower is y.
        static double Distance(string x) => Math.Abs(double.Parse(x, CultureInfo.InvariantCulture) - 1);
    }

    [Theory]
    [InlineData("method: random, settings: 12", "from: 1, to: 9")]
    [InlineData("method: random, settings: 12", "from: 1, to: 100, log: true")]
    [InlineData("method: bayesian, settings: 6", "from: 1, to: 9")]
    [InlineData("method: bayesian, settings: 6, at-once: 2", "from: 1, to: 100, log: true")]
    [InlineData(Halving, "from: 1, to: 9")]
    public async Task Run_IntegerAxis_TriesWholeNumbersOfTheRange(string search, string range)
    {
        using StudyExample example = new(Yaml(search, $"{range}, integer: true"));

        // A number with a fraction would be refused, and its trial fail.
        StudyResult result = await RunAsync(example, StudyExample.Kind((run, _) =>
        {
            run.Summary(("y", Math.Abs(run.Integer("x") - 4)));
            return TrialOutcome.Done;
        }));

        Assert.True(result.IsComplete);
        double least = result.Study.Axis("x").Range!.Low, greatest = result.Study.Axis("x").Range!.High;
        Assert.All(result.Trials, trial => Assert.Matches("^[0-9]+$", trial.Cases["x"].Name));
        Assert.All(result.Trials, trial => Assert.InRange(trial.Cases["x"].Number!.Value, least, greatest));
        Assert.InRange(result.Trials.Select(trial => trial.Cases["x"].Name).Distinct().Count(), 4, 12);
    }

    // The least lies at the end of the range, where without a look at what is known 1 would be proposed three times more.
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Bayesian_IntegerAxis_TriesNoneAgainBehindTheFirstFour(int atOnce)
    {
        using StudyExample example = new(Yaml($"method: bayesian, settings: 8, at-once: {atOnce}", "from: 1, to: 9, integer: true"));

        StudyResult result = await RunAsync(example, Parabola([]));

        string[] tried = [.. result.Trials.Where(trial => trial.Seed == 1).Select(trial => trial.Cases["x"].Name)];
        Assert.Equal(8, tried.Length);
        Assert.Equal(4, tried[4..].Except(tried[..4]).Count());
    }

    [Theory]
    [InlineData("from: 1, to: 4, count: 4", "1 2 3 4")]
    [InlineData("from: 1, to: 2, count: 4", "1 2")]
    [InlineData("from: 1, to: 50, count: 3, log: true", "1 7 50")]
    public void Read_IntegerRangeWithACount_HasEachWholeNumberOnce(string range, string values)
    {
        using StudyExample example = new($$"""
            title: t
            kind: parabola
            axes: { x: { {{range}}, integer: true } }
            measures: { y: { column: y } }
            """);

        Assert.Equal(values, string.Join(' ', example.Read().Axis("x").Cases.Select(one => one.Name)));
    }

    // Nothing was measured there, so that no point may stand for it.
    [Fact]
    public async Task Report_SettingThatDivergedWithoutANumber_IsACrossAlone()
    {
        using StudyExample example = new(Yaml("method: bayesian, settings: 6"));

        StudyResult result = await RunAsync(example, StudyExample.Kind((run, _) =>
        {
            if (run.Number("x") < 0)
            {
                return new TrialOutcome(TrialState.Diverged);
            }

            run.Summary(("y", run.Number("x")));
            return TrialOutcome.Done;
        }));

        Chart chart = (Chart)SearchReport.Section(result)!.Parts.OfType<FigurePart>().Single().Figure;
        IReadOnlyList<DataPoint> tried = chart.Series.Single(series => series.Name == "tried").Points;
        Assert.Equal(6, tried.Count);
        Assert.Contains(tried, point => point.Diverged);
        Assert.All(tried, point => Assert.Equal((point.X < 0, point.X < 0), (point.Diverged, double.IsNaN(point.Y))));
    }

    [Theory]
    [InlineData("method: baysian, settings: 3", ":6: method: 'baysian', expected random or bayesian or halving. Did you mean bayesian?")]
    [InlineData("method: random", ":6: a search needs 'settings', how many are tried. Add it.")]
    [InlineData("method: bayesian, settings: 3, at-once: 0", ":6: at-once: '0', expected an integer, 1 to 1000.")]
    [InlineData("method: halving, settings: 3, budget: offset, min: 4, max: 2", ":6: max: '2', expected an integer, 5 to 1000000.")]
    [InlineData("method: random, settings: 3, at-once: 2", ":6: 'at-once' belongs to bayesian. Leave it out.")]
    [InlineData("method: bayesian, settings: 3, max: 9", ":6: 'max' belongs to halving. Leave it out.")]
    [InlineData("method: halving, settings: 3, budget: offset, max: 9, factor: 1", ":6: factor: '1', expected an integer, 2 to 1000.")]
    [InlineData("method: halving, settings: 3, budgt: offset", ":6: 'budgt' is no key of a search. Did you mean budget?")]
    [InlineData("method: halving, settings: 3, budget: x, max: 9", "budget: 'x', expected a setting of a trial of kind parabola that is no axis.")]
    [InlineData("method: halving, settings: 3", ":6: halving needs 'max', the epochs of the last settings; without it nothing is halved. Add it.")]
    [InlineData("method: halving, settings: 3, max: 9", "budget: 'epochs', expected a setting of a trial of kind parabola that is no axis.")]
    public void Read_WrongSearch_SaysWhatIsExpected(string search, string message)
    {
        using StudyExample example = new(Yaml(search));

        string said = Assert.Throws<StudyException>(() => example.Read()).Message;

        Assert.Contains(message, said, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', said);
    }

    private static string Yaml(string search, string range = "from: -2, to: 3") => $$"""
        title: Where a parabola is least
        kind: parabola
        axes: { x: { {{range}} } }
        seeds: 2
        measures: { y: { column: y, better: lower, chance: none } }
        search: { {{search}}, seed: 3, measure: y }
        """;

    /// <summary>
    /// <c>y = (x - 1)^2 + offset + seed / 10</c>: worse with the budget of halving, so that the lowest y is not that of the last rung.
    /// Asks to stop in its trial number <paramref name="at"/>.
    /// </summary>
    private static ITrialKind Parabola(ConcurrentBag<string> ran, CancellationTokenSource? stop = null, int at = 0) => StudyExample.Kind((run, token) =>
    {
        ran.Add(run.Text("x"));
        if (ran.Count == at)
        {
            stop!.Cancel();
            token.ThrowIfCancellationRequested();
        }

        run.Summary(("y", Math.Pow(run.Number("x") - 1, 2) + run.Number("offset") + (run.Seed / 10.0)));
        return TrialOutcome.Done;
    });

    private static async Task<StudyResult> RunAsync(StudyExample example, ITrialKind kind, int parallel = 1, CancellationToken stop = default)
    {
        using TrialStore store = example.Store();
        _ = await new StudyRunner(example.Read(), kind, store) { Parallel = parallel }.RunAsync(stop);
        return StudyResult.Read(example.Read(), kind, store);
    }

    private static string Report(StudyExample example, StudyResult result)
    {
        StudyFolder.Make(example.File, null, example.PathOf("study"), example.PathOf("trials"), [StudyExample.Parabola]).WriteReport(result);
        return File.ReadAllText(Path.Combine(example.PathOf("study"), "report.html"));
    }
}
