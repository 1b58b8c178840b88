using System.Text.Json;
using StepNet.Experiments.Charts;
using StepNet.Experiments.Reports;
using StepNet.Experiments.Runs;
using StepNet.Experiments.Studies;

namespace StepNet.Tests.Experiments.Runs;

/// <summary>Runs side by side: only what differs is named, and how and where a run ran is no difference.</summary>
public sealed class RunComparisonTests
{
    private static readonly RunRecord[] s_runs =
    [
        Run("runs/a", "lr=0.1 step=1 threads=1 data-dir=/x", """{ "state": "completed", "test_accuracy": 0.5, "steps": 10, "threads": 1, "version": "0.1.0" }"""),
        Run("runs/b", "lr=0.1 step=0.1 threads=2 data-dir=/y clip-norm=2", """{ "state": "diverged", "test_accuracy": null, "steps": 4, "seconds": 1.25, "threads": 2 }""",
            steps: new CsvTable(["step", "loss"], [["1", "2"], ["2", "NaN"]]), environment: "a machine"),
        Run("runs/c", "lr=0.1 step=0.1 threads=1 save-every=5", ""),
    ];

    [Fact]
    public void Table_OfThreeRuns_HasWhatDiffersAndWhatCameOfIt()
    {
        string[] expected =
        [
            "run,step,clip-norm,state,\"test accuracy, %\",steps,seconds",
            "a,1,,completed,50,10,",
            "b,0.1,2,diverged,,4,1.25",
            "c,0.1,,not over,,,",
            "",
        ];

        Assert.Equal(string.Join('\n', expected), RunComparison.Table(s_runs).ToCsv());
    }

    [Fact]
    public void Table_FoldersOfOneName_AreToldApartByTheirPaths()
    {
        CsvTable table = RunComparison.Table([Run("x/h1", "lr=1", ""), Run("y/h1", "lr=1", ""), Run("y/h2", "lr=1", "")]);

        Assert.Equal(["run", "state"], table.Columns);
        Assert.Equal(["x/h1", "y/h1", "h2"], table.Rows.Select(row => row[0]));
    }

    // No run was tested after every epoch, and one alone logged its steps.
    [Fact]
    public void Page_OfThreeRuns_DrawsTheCurvesThatThereAre()
    {
        HtmlPage page = RunComparison.Page(s_runs);

        Assert.Equal(("3 runs", "They differ in step, clip-norm."), (page.Title, page.Summary));
        Chart[] charts = [.. Parts(page, "Curves").Cast<FigurePart>().Select(part => (Chart)part.Figure)];
        Assert.Equal(["Training loss", "Training loss by step"], charts.Select(chart => chart.Title));
        Assert.Equal(["a", "b", "c"], charts[0].Series.Select(series => series.Name));
        Assert.Equal([(1, 2.5), (2, 1.5)], charts[0].Series[0].Points.Select(point => (point.X, point.Y)));
        Assert.Equal(["b"], charts[1].Series.Select(series => series.Name));
        Assert.Equal([("lr", "0.1")], Settings(page, "Settings that all share"));
        Assert.Equal([("a", "0.1.0; 1 thread"), ("b", "2 threads; a machine")], Settings(page, "Environment").Take(2));
        Assert.Contains("download=\"runs.csv\"", page.ToHtml(), StringComparison.Ordinal);
    }

    [Fact]
    public void Page_OfOneRunTwice_SaysThatNothingDiffers() =>
        Assert.Equal("They have the same settings.", RunComparison.Page([s_runs[0], s_runs[0]]).Summary);

    private static IReadOnlyList<SectionPart> Parts(HtmlPage page, string heading) => page.Sections.Single(section => section.Heading == heading).Parts;

    private static IEnumerable<(string, string)> Settings(HtmlPage page, string heading) =>
        ((SettingsTable)Assert.Single(Parts(page, heading))).Settings.Select(one => (one.Key, one.Value));

    private static RunRecord Run(string path, string settings, string summary, CsvTable? steps = null, string? environment = null) => new()
    {
        FullPath = path,
        Name = path.Split('/')[^1],
        Settings = settings.Split(' ').Select(one => one.Split('=')).ToDictionary(one => one[0], one => one[1]),
        Summary = summary.Length > 0 ? JsonDocument.Parse(summary).RootElement : default,
        Metrics = new CsvTable(["epoch", "train_loss", "test_accuracy"], [["1", "2.5", ""], ["2", "1.5", ""]]),
        Steps = steps,
        Environment = environment,
    };
}
