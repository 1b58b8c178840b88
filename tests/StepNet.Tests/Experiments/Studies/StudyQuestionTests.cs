using StepNet.Experiments.Charts;
using StepNet.Experiments.Statistics;
using StepNet.Experiments.Studies;

namespace StepNet.Tests.Experiments.Studies;

/// <summary>What the papers' figures ask of a study beyond every combination and one number: parts of a grid, tasks side by side, scatter over seeds.</summary>
public sealed class StudyQuestionTests
{
    // y = 10 + side * seed, so that seeds 1, 2, 3 scatter by a deviation of 1 on side 1 and of 2 on side 2; x = 4 diverges on side 2 with seed 3.
    private const string Scatter = """
        title: Scatter
        kind: parabola
        axes: { side: [1, 2], x: [0, 1, 2, 3, 4] }
        seeds: 3
        measures: { y: { column: y, chance: { 1: 7, 2: 12 } } }
        claim: { text: Side 1 varies less, measure: y, of: deviation, first: { side: 1 }, second: { side: 2 } }
        """;

    private static readonly ITrialKind s_scatter = StudyExample.Kind((run, _) =>
    {
        run.Summary(("y", 10 + (run.Number("side") * run.Integer("seed"))));
        return run.Number("x") == 4 && run.Number("side") == 2 && run.Integer("seed") == 3 ? new TrialOutcome(TrialState.Diverged) : TrialOutcome.Done;
    });

    [Fact]
    public void Only_PartsOfTheGrid_RunAndNothingElse()
    {
        using StudyExample example = new(StudyExample.Yaml + "\nonly: [{ side: 1, x: [0, 3] }, { side: 2, seed: 3 }]\n");

        (IReadOnlyList<StudyTrial> trials, bool complete) = new StudyPlan(example.Read(), StudyExample.Parabola).Expand(_ => null);

        Assert.True(complete);
        Assert.Equal(
            [
                .. new[] { 0, 3 }.SelectMany(x => Enumerable.Range(1, 3).Select(seed => $"side 1, x {x}, seed {seed}")),
                .. Enumerable.Range(0, 4).Select(x => $"side 2, x {x}, seed 3"),
            ],
            trials.Select(trial => trial.Description));
    }

    // Four settings scatter by 1 against 2. In the fifth the diverged seed counts at 12, which leaves 12, 14, 12.
    [Fact]
    public async Task Claim_OfDeviation_ComparesSettings()
    {
        using StudyExample example = new(Scatter);

        StudyResult result = await RunAsync(example, s_scatter);

        ClaimResult claim = Assert.Single(result.Claims);
        Assert.Equal(["x 0", "x 1", "x 2", "x 3", "x 4"], claim.Pairs.Select(pair => pair.Setting));
        Assert.Equal([1, 1, 1, 1, Math.Sqrt(4 / 3.0) - 1], claim.Pairs.Select(pair => pair.Difference), (a, b) => Math.Abs(a - b) < 1e-12);
        Assert.Equal((Verdict.Holds, 1 / 32.0), (claim.Verdict, claim.Comparison!.PGreater));
        Assert.Equal(["side 2, x 4, seed 3: counted at 12"], claim.Diverged);
        Assert.Contains("\"of\": \"deviation\"", result.VerdictJson(), StringComparison.Ordinal);
    }

    // Nothing is known of it, which is no failure to learn.
    [Fact]
    public async Task Claim_TrialThatIsDoneWithoutANumber_IsLeftOutAndNamed()
    {
        using StudyExample example = new();

        StudyResult result = await RunAsync(example, StudyExample.Kind((run, _) =>
        {
            bool empty = run.Number("x") == 0 && run.Integer("seed") == 2;
            run.Rows("rows.csv", "x", "y")([0, 1]);
            run.Summary(("y", empty ? double.NaN : run.Number("side")));
            return TrialOutcome.Done;
        }));

        ClaimResult claim = Assert.Single(result.Claims);
        Assert.Equal((11, 1.0), (claim.Comparison!.Pairs, claim.Comparison.MeanDifference));
        Assert.Equal(["side 1, x 0, seed 2: no number", "side 2, x 0, seed 2: no number"], claim.Missing.Order());
        Assert.Empty(claim.Diverged);
    }

    // Side 2 diverges before its first row, so that only a cross where the others begin can show it.
    [Fact]
    public async Task Charts_CurveThatDivergesBeforeItsFirstPoint_HasACross()
    {
        using StudyExample example = new(StudyExample.Yaml + """

            charts: [{ title: Course, x: x, y: curve, series: side }]
            """);

        StudyResult result = await RunAsync(example, StudyExample.Kind((run, _) =>
        {
            Action<object[]> row = run.Rows("rows.csv", "x", "y");
            run.Summary(("y", 1));
            if (run.Integer("side") == 2)
            {
                row([1, ""]);
                return new TrialOutcome(TrialState.Diverged);
            }

            row([1, 5]);
            row([2, 6]);
            return TrialOutcome.Done;
        }));
        Chart chart = (Chart)StudyCharts.Draw(result, result.Study.Charts[0]).Single();

        Assert.Equal([(1.0, false), (2.0, false)], chart.Series[0].Points.Select(point => (point.X, point.Diverged)));
        Assert.Equal([(1.0, true)], chart.Series[1].Points.Select(point => (point.X, point.Diverged)));
        Assert.Contains("Behind a cross the line goes on over the trials that did not diverge.", chart.Note!, StringComparison.Ordinal);
    }

    // Side 2 diverges where x is 3, in the second panel alone; what is said of it stands below all.
    [Fact]
    public async Task Charts_OfPanels_KeepWhatIsSaidOfOne()
    {
        using StudyExample example = new(StudyExample.Yaml + """

            charts: [{ title: Course, x: x, y: curve, series: x, panels: side, note: All. }]
            """);

        StudyResult result = await RunAsync(example, StudyExample.Kind((run, _) =>
        {
            run.Rows("rows.csv", "x", "y")([run.Number("x"), 1]);
            run.Summary(("y", 1));
            return run.Integer("side") == 2 && run.Number("x") == 3 ? new TrialOutcome(TrialState.Diverged) : TrialOutcome.Done;
        }));
        SmallMultiples figure = (SmallMultiples)StudyCharts.Draw(result, result.Study.Charts[0]).Single();

        Assert.Equal("All. Behind a cross the line goes on over the trials that did not diverge.", figure.Note);
    }

    [Fact]
    public async Task Charts_OfAPanelEach_HaveTheirNamesAndAxes()
    {
        using StudyExample example = new(StudyExample.Yaml + """

            labels: { side: "" }
            charts:
              - { title: By side, x: x, y: y, panels: side, x-label: place, shared-axes: false }
              - { title: By measure, x: x, y: [y, twice], series: side, y-label: height, log-y: true }
            """.Replace("\r", "", StringComparison.Ordinal));
        example.Write(File.ReadAllText(example.File).Replace("  curve:", "  twice: { column: y, scale: 2, chance: 0 }\n  curve:", StringComparison.Ordinal));

        StudyResult result = await RunAsync(example, StudyExample.Parabola);
        SmallMultiples[] figures = [.. result.Study.Charts.SelectMany(plan => StudyCharts.Draw(result, plan)).Cast<SmallMultiples>()];

        Assert.Equal(["1", "2"], figures[0].Panels.Select(panel => panel.Title));
        Assert.All(figures[0].Panels, panel => Assert.Equal(("place", "y", false), (panel.X.Label, panel.Y.Label, figures[0].SharedX)));
        Assert.Equal(["y", "twice"], figures[1].Panels.Select(panel => panel.Title));
        Assert.All(figures[1].Panels, panel => Assert.Equal(("x", "height", true), (panel.X.Label, panel.Y.Label, panel.Y.Log)));
        Assert.Equal(["1", "2"], figures[1].Panels[0].Series.Select(series => series.Name));

        // Medians of y = x^2 + 1 + seed / 10, of twice that on side 2, and of twice the measure.
        Assert.Equal([1.2, 2.2, 5.2, 10.2], figures[0].Panels[0].Series[0].Points.Select(point => point.Y), (a, b) => Math.Abs(a - b) < 1e-12);
        Assert.Equal([4.4, 8.4, 20.4, 40.4], figures[1].Panels[1].Series[1].Points.Select(point => point.Y), (a, b) => Math.Abs(a - b) < 1e-12);
    }

    [Fact]
    public async Task Charts_OfPanelsWithOtherCategories_ShareOneAxis()
    {
        using StudyExample example = new(StudyExample.Yaml.Replace("x: { from: 0, to: 3, count: 4 }", "x: { none: { x: 0 }, one: { x: 1 }, two: { x: 2 } }", StringComparison.Ordinal) + """

            only: [{ side: 1 }, { side: 2, x: [none, two] }]
            charts: [{ title: By side, x: x, y: y, panels: side }]
            """.Replace("\r", "", StringComparison.Ordinal));

        StudyResult result = await RunAsync(example, StudyExample.Parabola);
        SmallMultiples figure = (SmallMultiples)StudyCharts.Draw(result, result.Study.Charts[0]).Single();

        Assert.All(figure.Panels, panel => Assert.Equal(["none", "one", "two"], panel.X.Categories!));
        Assert.Equal([0, 2], figure.Panels[1].Series[0].Points.Select(point => point.X));
    }

    [Theory]
    [InlineData("seeds: 3", "seeds: 3\nonly: { side: 3 }", "'3' is no value of 'side'; it has 1, 2.")]
    [InlineData("seeds: 3", "seeds: 3\nonly: { seed: 4 }", "'4' is no seed of the study; it has 1, 2, 3.")]
    [InlineData("seeds: 3\n", "", "a claim of deviations compares two sides over seeds. Give 'second' and 'seeds'.")]
    [InlineData("{ 1: 7, 2: 12 }", "{ one: 7 }", "chance: 'one' is no value of an axis; name one for each task, or give one number for all.")]
    [InlineData("of: deviation", "of: devotion", "of: 'devotion', expected value or deviation.")]
    public void Read_WrongPart_SaysWhatIsExpected(string from, string to, string message)
    {
        using StudyExample example = new(Scatter.Replace("\r", "", StringComparison.Ordinal).Replace(from, to, StringComparison.Ordinal));

        string said = Assert.Throws<StudyException>(() => example.Read()).Message;

        Assert.Contains(message, said, StringComparison.Ordinal);
    }

    private static async Task<StudyResult> RunAsync(StudyExample example, ITrialKind kind)
    {
        using TrialStore store = example.Store();
        _ = await new StudyRunner(example.Read(), kind, store).RunAsync(TestContext.Current.CancellationToken);
        return StudyResult.Read(example.Read(), kind, store);
    }
}
