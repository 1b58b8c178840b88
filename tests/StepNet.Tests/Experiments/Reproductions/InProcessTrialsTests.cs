using System.Text.Json;
using StepNet.Data;
using StepNet.Experiments.Charts;
using StepNet.Experiments.Reproductions;
using StepNet.Experiments.Studies;

namespace StepNet.Tests.Experiments.Reproductions;

/// <summary>Kinds of trial within the process: Euler's method, two moons, bounds, searches.</summary>
public sealed class InProcessTrialsTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("stepnet-trials-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    // x -> (1 - 2.3 h) x: with h = 1 five steps of -1.3, with h = 0.5 ten of -0.15, both past 0 at every step.
    [Theory]
    [InlineData("1", 5, 3.71293)]
    [InlineData("0.5", 10, 5.7665e-9)]
    public async Task Euler_PaperSystem_AsByHand(string step, int swings, double growth)
    {
        Dictionary<string, double> summary = await RunAsync(EulerTrials.Kind, ("step", step));

        Assert.Equal(swings, summary["swings"]);
        Assert.Equal(growth, summary["growth"], tolerance: 1e-4 * growth);
        Assert.Equal(2 / 2.3, summary["stability_limit"], tolerance: 1e-9);
    }

    [Fact]
    public async Task Euler_Exact_HasNoError()
    {
        Dictionary<string, double> summary = await RunAsync(EulerTrials.Kind, ("method", "exact"));

        Assert.Equal((0, 0), (summary["largest_error"], summary["swings"]));
        Assert.Equal(Math.Exp(-2.3 * 5), summary["growth"], tolerance: 1e-12);
        Assert.Equal(201, CsvTable.Read(Path.Combine(_folder, "trajectory.csv")).Rows.Count);
    }

    [Theory]
    [InlineData("euler", "matrix", "1,2", "needs a square matrix")]
    [InlineData("euler", "method", "eulr", "Did you mean euler?")]
    [InlineData("euler", "step", "0", "expected a number above 0")]
    [InlineData("moons", "norm", "group", "expected none or batch")]
    [InlineData("moons", "blocks", "0", "expected a whole number, 1 or more")]
    [InlineData("moons", "h", "-1", "expected a number above 0")]
    [InlineData("bounds", "model", "resnet21", "resnet")]
    [InlineData("bounds", "data", "ag-news", "expected shapes or ")]
    [InlineData("bounds", "items", "0", "expected a whole number, 1 or more")]
    [InlineData("search", "method", "guess", "expected bayesian or random or grid")]
    [InlineData("search", "trainings", "none", "expected a whole number, 1 or more")]
    [InlineData("search", "parameter", "stp", "Did you mean step?")]
    public void Check_WrongSetting_IsNamed(string kind, string key, string value, string expected) =>
        Assert.Contains(expected, Kinds.First(one => one.Name == kind).Check(key, value)!, StringComparison.Ordinal);

    // Nearest neighbours on a line at 0, 1, 3, 7: those of 1 and 0 each other, of 3 it is 1, of 7 it is 3.
    [Fact]
    public void Mixed_FourPoints_AsByHand() =>
        Assert.Equal(0.75, MoonsTrials.Mixed([[0, 0], [1, 0], [3, 0], [7, 0]], [0, 1, 1, 0]));

    // A cloud of radius sqrt(2) moves by 1 as a whole.
    [Fact]
    public void Move_WholeCloud_IsRelativeToItsRadius() =>
        Assert.Equal(1 / Math.Sqrt(2), MoonsTrials.Move([[1, 1], [-1, -1], [1, -1], [-1, 1]], [[2, 1], [0, -1], [2, -1], [0, 1]]), 12);

    [Theory]
    [InlineData("none")]
    [InlineData("batch")]
    public async Task Moons_ShortTraining_LeavesPointsBehindEveryBlock(string norm)
    {
        Dictionary<string, double> summary = await RunAsync(
            MoonsTrials.Kind, ("blocks", "3"), ("h", "0.5"), ("norm", norm), ("points", "640"), ("epochs", "3"), ("seed", "2"));

        Assert.InRange(summary["test_accuracy"], 0.7, 1);
        Assert.InRange(summary["mixed"], 0, 0.3);
        Assert.True(summary["move"] > 0);
        CsvTable points = CsvTable.Read(Path.Combine(_folder, "points.csv"));
        Assert.Equal(["0", "1", "2", "3"], points.Rows.Select(row => row[0]).Distinct());
        Assert.Equal(4, CsvTable.Read(Path.Combine(_folder, "blocks.csv")).Rows.Count);
    }

    [Fact]
    public async Task Moons_TooLargeARate_IsDiverged()
    {
        TrialRun run = new(Resolved(MoonsTrials.Kind, ("lr", "1e9"), ("points", "640")), _folder, 1, TimeSpan.FromMinutes(1));

        Assert.Equal(TrialState.Diverged, (await MoonsTrials.Kind.RunAsync(run, TestContext.Current.CancellationToken)).State);
    }

    [Fact]
    public async Task Moons_Figures_ShowTheBlocks()
    {
        string file = Path.Combine(_folder, "moons.yaml");
        await File.WriteAllTextAsync(file, """
            title: Moons
            kind: moons
            settings: { blocks: 3, points: 128, epochs: 1 }
            axes: { h: [0.1, 1], norm: [none, batch] }
            seeds: 1
            measures: { accuracy: { column: test_accuracy } }
            """, TestContext.Current.CancellationToken);
        Study study = StudyFile.Read(file, [MoonsTrials.Kind]);
        using TrialStore store = new(Path.Combine(_folder, "trials"), forRunning: true);
        _ = await new StudyRunner(study, MoonsTrials.Kind, store).RunAsync(TestContext.Current.CancellationToken);

        IReadOnlyList<Figure> figures = MoonsTrials.Kind.Figures(StudyResult.Read(study, MoonsTrials.Kind, store), trial => store.FolderOf(trial.Trial));

        Assert.Equal(["Test points through the blocks, without batch norm", "Test points through the blocks, with batch norm", "Test points from block to block"],
            figures.Select(figure => figure.Title));
        Assert.Equal(4, Assert.IsType<Animation>(figures[2]).Frames.Count);
        Assert.All(figures, figure => Assert.StartsWith("<svg", figure.ToSvg(), StringComparison.Ordinal));
    }

    // Bounds are above what they bound; from h = 1 to 0.1 the product form moves away from Proposition 1, which is equal to it at 1.
    [Theory]
    [InlineData("1", "0")]
    [InlineData("0.1", "3")]
    public async Task Bounds_PointNetwork_AreAboveWhatIsMeasured(string h, string steps)
    {
        Dictionary<string, double> summary = await RunAsync(
            Bounds, ("model", "point-resnet4"), ("width", "8"), ("h", h), ("steps", steps), ("items", "8"));

        Assert.True(summary["product_form"] > 0, $"{summary["product_form"]}");
        Assert.True(summary["proposition1"] >= summary["product_form"]);
        Assert.Equal(summary["proposition1"] - summary["product_form"], summary["tighter"], 9);
        Assert.Equal(h == "1", Math.Abs(summary["tighter"]) < 1e-9);
        Assert.True(summary["product"] > 0);
        Assert.InRange(summary["equation9"], -1e-3, 1);
        Assert.True(summary["proposition2"] > 0);
        Assert.Equal(Math.Log10(summary["gain"]), summary["log_gain"], 9);
        Assert.Equal(4, CsvTable.Read(Path.Combine(_folder, "blocks.csv")).Rows.Count);
    }

    [Fact]
    public async Task Bounds_Projections_HaveNoPropositions()
    {
        Dictionary<string, double> summary = await RunAsync(Bounds, ("model", "resnet8"), ("width", "4"), ("data", "shapes"), ("items", "4"));

        Assert.True(double.IsNaN(summary["proposition1"]) && double.IsNaN(summary["product_form"]));
        Assert.True(summary["product"] > 0);
    }

    // The accuracy is highest at x = 3, on held-out and test items alike: a grid of three from 1 to 9 hits it, and goes on where it stopped.
    [Fact]
    public async Task Search_Grid_FindsTheBestAndGoesOn()
    {
        int runs = 0;
        FunctionTrialKind training = new("peak", new Dictionary<string, string> { ["step"] = "1", ["other"] = "2" }, (run, _) =>
        {
            runs++;
            double accuracy = 1 / (1 + Math.Abs(Math.Log(run.Number("step") / 3)));
            run.Rows("metrics.csv", "epoch", "validation_accuracy")([1, accuracy]);
            run.Summary(("test_accuracy", accuracy / 2));
            return TrialOutcome.Done;
        });
        SearchTrialKind kind = new(training);
        (string, string)[] settings = [("method", "grid"), ("trainings", "3"), ("from", "1"), ("to", "9"), ("seed", "1")];

        Dictionary<string, double> summary = await RunAsync(kind, settings);
        _ = await RunAsync(kind, settings);

        Assert.Equal((3, 1, 0.5), (summary["value"], summary["validation_accuracy"], summary["test_accuracy"]));
        Assert.Equal(3, runs);
        Assert.Equal(["1", "3", "9"], CsvTable.Read(Path.Combine(_folder, "search.csv")).Rows.Select(row => row[1]));
        Assert.Equal(3 * 1.0, kind.CoreSeconds(Resolved(kind, settings)));
    }

    // As 'sweep resume --retry' asks: the search begins again, and so must the training that it failed by.
    [Fact]
    public async Task Search_TrainingThatFailed_RunsAgainWithTheSearch()
    {
        int runs = 0;
        SearchTrialKind kind = new(new FunctionTrialKind("peak", new Dictionary<string, string> { ["step"] = "1" }, (run, _) =>
        {
            if (++runs == 1)
            {
                throw new InvalidOperationException("out of memory");
            }

            run.Rows("metrics.csv", "epoch", "validation_accuracy")([1, 0.5]);
            run.Summary(("test_accuracy", 0.5));
            return TrialOutcome.Done;
        }));
        TrialRun run = new(Resolved(kind, ("method", "grid"), ("trainings", "3"), ("seed", "1")), _folder, 1, TimeSpan.FromMinutes(1));

        TrialOutcome first = await kind.RunAsync(run, TestContext.Current.CancellationToken), again = await kind.RunAsync(run, TestContext.Current.CancellationToken);
        run.Close();

        Assert.Equal((TrialState.Failed, TrialState.Done, 4), (first.State, again.State, runs));
        Assert.EndsWith("InvalidOperationException: out of memory", first.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("bayesian")]
    [InlineData("random")]
    public async Task Search_OtherMethods_KeepTheBestSoFar(string method)
    {
        FunctionTrialKind training = new("peak", new Dictionary<string, string> { ["step"] = "1" }, (run, _) =>
        {
            double accuracy = 1 / (1 + Math.Abs(Math.Log(run.Number("step") / 3)));
            run.Rows("metrics.csv", "epoch", "validation_accuracy")([1, accuracy]);
            run.Summary(("test_accuracy", accuracy));
            return TrialOutcome.Done;
        });

        _ = await RunAsync(new SearchTrialKind(training), ("method", method), ("trainings", "6"), ("seed", "4"));

        double[] best = [.. CsvTable.Read(Path.Combine(_folder, "search.csv")).Rows.Select(row => CsvTable.Number(row[4]))];
        Assert.Equal(6, best.Length);
        Assert.Equal(best.Order(), best);
    }

    [Fact]
    public void Search_ParameterGivenOrRangeTurned_IsRefused()
    {
        SearchTrialKind kind = new(MoonsTrials.Kind);

        Assert.Contains("'h' is what the search chooses", Assert.Throws<StudyException>(() => Resolved(kind, ("parameter", "h"), ("h", "1"))).Message, StringComparison.Ordinal);
        Assert.Contains("expected 'from' below 'to'", Assert.Throws<StudyException>(() => Resolved(kind, ("parameter", "h"), ("from", "30"))).Message, StringComparison.Ordinal);
    }

    private static ITrialKind Bounds => BoundTrials.Kind(name => DatasetCatalog.Find(name).Load("") is var (train, test) ? (train, test, []) : default);

    private static IEnumerable<ITrialKind> Kinds =>
        [EulerTrials.Kind, MoonsTrials.Kind, Bounds, new SearchTrialKind(new FunctionTrialKind("f", new Dictionary<string, string> { ["step"] = "1" }, (_, _) => TrialOutcome.Done))];

    private static IReadOnlyDictionary<string, string> Resolved(ITrialKind kind, params (string Key, string Value)[] settings) =>
        kind.Resolve(settings.ToDictionary(one => one.Key, one => one.Value));

    private async Task<Dictionary<string, double>> RunAsync(ITrialKind kind, params (string Key, string Value)[] settings)
    {
        TrialRun run = new(Resolved(kind, settings), _folder, 1, TimeSpan.FromMinutes(1));
        TrialOutcome outcome = await kind.RunAsync(run, TestContext.Current.CancellationToken);
        run.Close();
        Assert.Equal(TrialOutcome.Done, outcome);
        using JsonDocument summary = JsonDocument.Parse(await File.ReadAllBytesAsync(Path.Combine(_folder, "summary.json"), TestContext.Current.CancellationToken));
        return summary.RootElement.EnumerateObject().ToDictionary(one => one.Name, one => one.Value.ValueKind == JsonValueKind.Null ? double.NaN : one.Value.GetDouble());
    }
}
