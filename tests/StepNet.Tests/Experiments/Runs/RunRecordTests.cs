using StepNet.Experiments.Charts;
using StepNet.Experiments.Reports;
using StepNet.Experiments.Runs;
using StepNet.Experiments.Studies;

namespace StepNet.Tests.Experiments.Runs;

/// <summary>Run folders as they are read, and the page about one.</summary>
public sealed class RunRecordTests : IDisposable
{
    private const string Metrics = "epoch,train_loss,train_accuracy,validation_accuracy,test_accuracy\n1,2.302585092,0.125,0.25,\n2,1.5,0.5,0.375,\n";

    private const string Summary = """
        { "state": "completed", "model": "resnet8", "data": "shapes", "step": "learned:0.1", "skip": "1", "lr": 0.05, "nesterov": false, "clip_norm": null,
          "seed": 3, "final_loss": null, "test_accuracy": 0.875, "steps": 12, "threads": 2, "version": "0.1.0", "coefficients": { "layer1.0.step": 0.125 } }
        """;

    private readonly string _folder = Directory.CreateTempSubdirectory("stepnet-run-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Read_WholeFolder_HasSettingsOutcomeAndRows()
    {
        Write(("metrics.csv", Metrics), ("summary.json", Summary), ("config.yaml", "# Options.\nmodel: resnet8\nlr: 0.05\n"), ("steps.csv", "step,loss\n1,2\n2,1\n"),
            ("status.json", """{ "state": "Done", "attempt": 1, "started": "2026-11-30T00:00:00Z", "host": "here", "environment": "a machine" }"""));

        RunRecord run = RunRecord.Read(_folder + Path.DirectorySeparatorChar);

        Assert.Equal(Path.GetFileName(_folder), run.Name);
        Assert.Equal([("model", "resnet8"), ("lr", "0.05")], run.Settings.Select(one => (one.Key, one.Value)));
        Assert.Equal(("12", "false", "", "", ""), (run.Field("steps"), run.Field("nesterov"), run.Field("clip_norm"), run.Field("coefficients"), run.Field("absent")));
        Assert.Equal((0.875, double.NaN, double.NaN), (run.Number("test_accuracy"), run.Number("final_loss"), run.Number("model")));
        Assert.Equal((2, 2), (run.Metrics.Rows.Count, run.Steps!.Rows.Count));
        Assert.Equal("a machine", run.Environment);
    }

    [Fact]
    public void Read_WithoutConfig_TakesSettingsFromTheSummary()
    {
        Write(("metrics.csv", Metrics), ("summary.json", Summary));

        RunRecord run = RunRecord.Read(_folder);

        Assert.Equal(["model", "data", "step", "skip", "lr", "nesterov", "seed"], run.Settings.Keys);
        Assert.Equal("0.05", run.Settings["lr"]);
        Assert.Null(run.Steps);
        Assert.Null(run.Environment);
    }

    [Fact]
    public void Read_NoRunFolder_SaysWhatIsMissing()
    {
        string absent = Path.Combine(_folder, "absent");
        Assert.Equal($"'{absent}' is not there. Name a folder that 'stepnet train' or 'stepnet sweep' made.", Said(absent));
        Assert.Equal($"'{_folder}' has no metrics.csv: it is no run folder, or its first epoch is not over. Name a folder that 'stepnet train' made.", Said(_folder));

        Write(("metrics.csv", Metrics), ("summary.json", "{ \"state\": "));
        Assert.StartsWith($"'{Path.Combine(_folder, "summary.json")}' is no JSON (", Said(_folder), StringComparison.Ordinal);
        Assert.DoesNotContain('\n', Said(_folder));

        static string Said(string path) => Assert.Throws<StudyException>(() => RunRecord.Read(path)).Message;
    }

    [Fact]
    public void Summary_RunThatIsNotOver_CountsItsEpochs()
    {
        Write(("metrics.csv", Metrics), ("config.yaml", "model: resnet8\n"));

        RunRecord run = RunRecord.Read(_folder);

        Assert.Equal(("", "Not over: 2 epochs are done."), (run.Field("state"), RunReport.Summary(run)));
        Assert.Contains("Not over: 2 epochs are done.", RunReport.Page(run).ToHtml(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("\"completed\"", "test accuracy 87.50 % after 12 steps.")]
    [InlineData("\"diverged\", \"diverged_at_step\": 7", "diverged at step 7.")]
    [InlineData("\"interrupted\"", "interrupted after 12 steps.")]
    public void Summary_RunThatIsOver_SaysWhatCameOfIt(string state, string outcome)
    {
        Write(("metrics.csv", Metrics), ("summary.json", Summary.Replace("\"completed\"", state, StringComparison.Ordinal)));

        Assert.Equal($"resnet8 on shapes, h = learned:0.1, s = 1, seed 3: {outcome}", RunReport.Summary(RunRecord.Read(_folder)));
    }

    [Fact]
    public void Page_OfARun_HasItsCurvesCoefficientsAndFiles()
    {
        Write(("metrics.csv", Metrics), ("summary.json", Summary), ("config.yaml", "model: resnet8\n"), ("steps.csv", "step,loss,lr\n1,2,0.1\n2,1,0.1\n"), ("log.txt", "words"));
        File.WriteAllBytes(Path.Combine(_folder, "taps.csv"), new byte[(4 << 20) + 1]);

        HtmlPage page = RunReport.Page(RunRecord.Read(_folder));

        Chart[] charts = [.. Parts(page, "Curves").Cast<FigurePart>().Select(part => (Chart)part.Figure)];
        Assert.Equal(["Accuracy", "Loss", "Training loss by step", "Learning rate by step"], charts.Select(chart => chart.Title));
        Assert.Equal(["training", "validation"], charts[0].Series.Select(series => series.Name));
        Assert.Equal([12.5, 50.0], charts[0].Series[0].Points.Select(point => point.Y));
        Assert.Equal(["layer1.0.step", "0.125"], ((SortableTable)Assert.Single(Parts(page, "Learned step factors and skip weights"))).Rows[0]);
        Assert.Equal(["1", "2.3026", "0.125", "0.25", ""], ((SortableTable)Assert.Single(Parts(page, "Epochs"))).Rows[0]);
        Assert.Equal(["config.yaml", "metrics.csv", "steps.csv", "summary.json"], Parts(page, "Raw rows").OfType<Download>().Select(file => file.FileName));
        Assert.Equal("taps.csv, 4 MB, lies in the run folder.", Assert.Single(Parts(page, "Raw rows").OfType<Paragraph>()).Text);
        Assert.Contains($"<title>Run {Path.GetFileName(_folder)}</title>", page.ToHtml(), StringComparison.Ordinal);
    }

    private static IReadOnlyList<SectionPart> Parts(HtmlPage page, string heading) => page.Sections.Single(section => section.Heading == heading).Parts;

    private void Write(params (string Name, string Text)[] files)
    {
        foreach ((string name, string text) in files)
        {
            File.WriteAllText(Path.Combine(_folder, name), text);
        }
    }
}
