using StepNet.Cli.Studies;
using StepNet.Experiments.Reproductions;
using StepNet.Experiments.Studies;
using StepNet.Tests.Experiments.Studies;

namespace StepNet.Tests.Experiments.Reproductions;

/// <summary>The pages that are written from results: that they say what the rows say, and that the committed ones are those.</summary>
public sealed class ReproductionPagesTests
{
    // y = side (x^2 + 1) + seed / 10: side 2 lies above side 1 by x^2 + 1 = 1, 2, 5, 10, 4.5 on average over 4 settings of 3 seeds.
    [Fact]
    public async Task Write_Example_SaysWhatItsRowsSay()
    {
        using StudyExample example = new(StudyExample.Yaml.Replace("title: A parabola", "title: A parabola\nsource: Euclid\nnote: By hand.", StringComparison.Ordinal));
        ReproductionResult result = await RunAsync(example);

        string page = new ResultsPage((name, file) => $"at/{name}/{file}").Write([("figure1", result), ("figure2", null)]);

        Assert.Contains("| [figure1](#figure1) | The second side is larger | holds | 4.5 | ", page, StringComparison.Ordinal);
        Assert.Contains("Not run yet: figure2.", page, StringComparison.Ordinal);
        Assert.Contains("## figure1\n\n**A parabola** (Euclid)\n\n![A parabola](at/figure1/plot.svg)\n", page, StringComparison.Ordinal);
        Assert.Contains("| 2 | 3 | 20.2 ± 0.1 | 3 |  |\n", page, StringComparison.Ordinal);
        Assert.Contains("- **The second side is larger.** Holds. Y: 7.2 with side 2 against 3.7 with side 1 (medians); 12 of 12 pairs speak for the claim, difference 4.5 on average ", page, StringComparison.Ordinal);
        Assert.Contains("\nScale cpu. By hand.\n\n`stepnet reproduce figure1`: 24 trials, [rows](at/figure1/rows.csv)", page, StringComparison.Ordinal);
    }

    // On side 2 y is larger by x^2 + 1 - 3: -2, -1, 2, 7 where x is 0, 1, 2, 3. A margin of 1.5 is enough for all but the first.
    [Theory]
    [InlineData("", "6 of 12 pairs speak for the claim, difference 1.5 on average (", ", median 0.5, p = ", "Pairs that do: x 0 0 of 3; x 1 0 of 3; x 2 3 of 3; x 3 3 of 3.")]
    [InlineData(", margin: 1.5", ", where 1.5 worse is no worse; 9 of 12 pairs speak for the claim, difference 1.5 on average (", ", median 0.5, p = ", "Pairs that do: x 0 0 of 3; x 1 3 of 3;")]
    public async Task Words_SettingsThatDisagreeAndAMargin_AreSaid(string margin, params string[] expected)
    {
        using StudyExample example = new(StudyExample.Yaml.Replace("second: { side: 1 } }", $"second: {{ side: 1 }}{margin} }}", StringComparison.Ordinal));
        ITrialKind kind = StudyExample.Kind((run, _) =>
        {
            double x = run.Number("x"), y = run.Integer("side") * ((x * x) - 2);
            run.Rows("rows.csv", "x", "y")([x, y]);
            run.Summary(("y", y));
            return TrialOutcome.Done;
        });

        StudyResult result = (await RunAsync(example, kind)).Study;
        string words = ResultsPage.Words(result, result.Claims[0]);

        Assert.All(expected, part => Assert.Contains(part, words, StringComparison.Ordinal));
        Assert.Equal(margin.Length > 0, result.VerdictJson().Contains("\"margin\": 1.5", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Read_RowsAlone_GiveTheVerdictOfTheTrials()
    {
        using StudyExample example = new();
        _ = await RunAsync(example);
        StudyResult whole = example.Result();

        StudyResult rows = StudyResult.Read(example.Read(), StudyExample.Parabola, whole.Rows());

        Assert.True(rows.IsComplete);
        Assert.Equal(whole.VerdictJson(), rows.VerdictJson());
        Assert.Equal(whole.Rows().ToCsv(), rows.Rows().ToCsv());
    }

    [Fact]
    public async Task Read_SomeRows_IsIncomplete()
    {
        using StudyExample example = new();
        _ = await RunAsync(example);
        CsvTable rows = example.Result().Rows();

        StudyResult some = StudyResult.Read(example.Read(), StudyExample.Parabola, rows with { Rows = [.. rows.Rows.Take(12)] });

        Assert.False(some.IsComplete);
        Assert.Empty(some.Claims[0].Pairs);
        Assert.Equal("inconclusive so far", ResultsPage.Verdict(new ReproductionResult(some, []), some.Claims[0]));
    }

    [Fact]
    public void Read_RowsOfAnotherStudy_AreRefused()
    {
        using StudyExample example = new();

        string message = Assert.Throws<StudyException>(() => StudyResult.Read(example.Read(), StudyExample.Parabola, new CsvTable(["trial", "state"], []))).Message;

        Assert.Contains("have no column 'y'", message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Refresh_Claims_ReplacesWhatStandsBetweenTheMarks()
    {
        using StudyExample example = new();
        Dictionary<string, ReproductionResult?> results = new() { ["figure1"] = await RunAsync(example), ["figure2"] = null };
        const string Page = "Before\n<!-- verdicts: figure1, figure2 -->\nold\n<!-- end of verdicts -->\nafter\n<!-- verdicts: figure2 -->\n<!-- end of verdicts -->\n";

        string refreshed = ClaimsPage.Refresh(Page, results);

        Assert.StartsWith("Before\n<!-- verdicts: figure1, figure2 -->\n\n- **holds**: The second side is larger ([figure1](results.md#figure1)). Y: 7.2 with", refreshed, StringComparison.Ordinal);
        Assert.EndsWith("- figure2: not run yet.\n\n<!-- end of verdicts -->\nafter\n<!-- verdicts: figure2 -->\n\n- figure2: not run yet.\n\n<!-- end of verdicts -->\n", refreshed, StringComparison.Ordinal);
        Assert.Equal(refreshed, ClaimsPage.Refresh(refreshed, results));
    }

    [Theory]
    [InlineData("<!-- verdicts: figure1 -->\n", "have no end")]
    [InlineData("<!-- verdicts: figure1 -->\n<!-- verdicts: figure1 -->\n<!-- end of verdicts -->\n", "have no end")]
    [InlineData("<!-- verdicts: figure11 -->\n<!-- end of verdicts -->\n", "'figure11' is no figure or table. Did you mean figure1?")]
    public void Refresh_WrongPage_IsRefused(string page, string expected) => Assert.Contains(
        expected, Assert.Throws<StudyException>(() => ClaimsPage.Refresh(page, new Dictionary<string, ReproductionResult?> { ["figure1"] = null })).Message, StringComparison.Ordinal);

    // Whoever commits results, commits the pages: stepnet reproduce --write docs
    [Fact]
    public void Pages_Committed_AreWhatTheCommittedRowsGive()
    {
        IReadOnlyDictionary<string, string> pages = ReproductionPages.Make(
            new ReproductionCatalog(), TrialKinds.All(), Path.Combine(Checkout.Root, "results"), Path.Combine(Checkout.Root, "docs"));

        Assert.Equal(2, pages.Count);
        foreach ((string path, string text) in pages)
        {
            Assert.True(File.ReadAllText(path) == text, $"{path} is not what the results give; write it: stepnet reproduce --write docs");
        }
    }

    // Where 'stepnet reproduce' in a clone puts trials unless it is told otherwise; other places would make it refuse the folder.
    [Fact]
    public void Results_Committed_HaveTheirTrialsWhereTheCommandLooks()
    {
        string root = Path.Combine(Checkout.Root, "results"), expected = Path.Combine(Checkout.Root, "studies", "trials");
        foreach (string folder in new ReproductionCatalog().Names.Select(name => ReproductionCatalog.ResultsOf(root, "cpu", name)).Where(StudyFolder.IsOne))
        {
            string trials = Path.GetFullPath(StudyFolder.Open(folder, TrialKinds.All()).Trials);
            Assert.True(trials == expected, $"{folder}/study.json names {trials}; write \"trials\": \"../../studies/trials\" into it.");
        }
    }

    private static async Task<ReproductionResult> RunAsync(StudyExample example, ITrialKind? kind = null)
    {
        kind ??= StudyExample.Parabola;
        using TrialStore store = example.Store();
        _ = await new StudyRunner(example.Read(), kind, store).RunAsync(TestContext.Current.CancellationToken);
        return new ReproductionResult(StudyResult.Read(example.Read(), kind, store), ["plot.svg"]);
    }
}
