using System.Text.Json;

namespace StepNet.Tests.Cli;

/// <summary><c>stepnet reproduce</c> as a process.</summary>
public sealed class ReproduceCommandTests
{
    private const string Folders = "--out res --trials trials";

    [Fact]
    public void List_BeforeAndAfterARun_ShowsClaimsCostsAndTheLastVerdict()
    {
        using StepNetProcess stepnet = new();

        (int code, string before, string error) = stepnet.Run("reproduce --list --out res");
        Assert.Equal((0, ""), (code, error));
        Assert.Matches(@"(?m)^name +smoke +cpu +paper +last verdict +claim$", before);
        Assert.Matches(@"(?m)^figure3 +\d+ s +\d+ min +[\d.]+ h +not run +On CIFAR-10, deep networks reach a higher test accuracy with h = 0\.1 than with h = 1$", before);

        Assert.Equal(0, stepnet.Run($"reproduce figure17 --scale smoke {Folders}").ExitCode);
        Assert.Matches(@"(?m)^figure17 .* holds \(smoke\) +The noise on normalised pixels", stepnet.Run("reproduce figure17 --list --out res").Out);
    }

    // As in a clone, where results are there and trials are not.
    [Fact]
    public void Report_ResultsWithoutTheirTrials_StayAsTheyAre()
    {
        using StepNetProcess stepnet = new();
        Assert.Equal(0, stepnet.Run($"reproduce figure17 --scale smoke {Folders}").ExitCode);
        Directory.Delete(stepnet.PathOf("trials"), recursive: true);
        string folder = stepnet.PathOf("res", "smoke", "figure17"), rows = File.ReadAllText(Path.Combine(folder, "rows.csv"));

        (int code, string _, string error) = stepnet.Run($"report {Path.Combine("res", "smoke", "figure17")}");

        Assert.Equal(2, code);
        Assert.Contains("has 11 results of trials that are not in", error, StringComparison.Ordinal);
        Assert.Equal(rows, File.ReadAllText(Path.Combine(folder, "rows.csv")));
    }

    [Fact]
    public void Rows_OfAFigureWhoseResultsWereDeleted_ComeBackBitForBit()
    {
        using StepNetProcess stepnet = new();
        string folder = stepnet.PathOf("res", "smoke", "figure17");
        Assert.Equal(0, stepnet.Run($"reproduce figure17 --scale smoke {Folders}").ExitCode);
        string[] kept = [.. Directory.GetFiles(folder).Select(path => Path.GetFileName(path)).Where(name => name is not ("times.csv" or "report.html")).Order()];
        byte[][] first = [.. kept.Select(name => File.ReadAllBytes(Path.Combine(folder, name)))];
        Assert.Equal(["plot-2.svg", "plot-3.svg", "plot.svg", "rows.csv", "study.json", "study.yaml", "verdict.json"], kept);

        foreach (string gone in (string[])["res", "trials"])
        {
            Directory.Delete(stepnet.PathOf(gone), recursive: true);
            (int code, string _, string error) = stepnet.Run($"reproduce figure17 --scale smoke {Folders} --parallel 2");

            Assert.Equal(0, code);
            Assert.Contains(gone == "res" ? "figure17: 0 of 11 trials to run" : "figure17: 11 of 11 trials to run", error, StringComparison.Ordinal);
            Assert.All(kept.Zip(first), one => Assert.Equal(one.Second, File.ReadAllBytes(Path.Combine(folder, one.First))));
        }
    }

    // Figure 1 costs next to nothing, so it can run at the scale that the pages show.
    [Fact]
    public void Write_AfterARun_PutsItIntoThePages()
    {
        using StepNetProcess stepnet = new();
        Assert.Equal(0, stepnet.Run($"reproduce figure1 {Folders}").ExitCode);
        _ = Directory.CreateDirectory(stepnet.PathOf("docs"));
        File.WriteAllText(stepnet.PathOf("docs", "claims.md"), "# Claims\n\n<!-- verdicts: figure1, figure3 -->\n<!-- end of verdicts -->\n");

        (int code, string _, string error) = stepnet.Run("reproduce --write docs --out res");

        Assert.Equal(0, code);
        Assert.Contains(Path.Combine("docs", "results.md"), error, StringComparison.Ordinal);
        string results = File.ReadAllText(stepnet.PathOf("docs", "results.md")), claims = File.ReadAllText(stepnet.PathOf("docs", "claims.md"));
        Assert.Contains("](../res/figure1/plot.svg)", results, StringComparison.Ordinal);
        Assert.Contains("Not run yet: figure2, ", results, StringComparison.Ordinal);
        Assert.Contains("- **holds**: A smaller h approximates the exact solution better, h = 0.1 than h = 0.5 ([figure1](results.md#figure1)). Largest distance from the exact "
            + "solution: 0.04463 with h = 0.1 against 0.4329 with h = 0.5 (medians); 5 of 5 pairs speak for the claim", claims, StringComparison.Ordinal);
        Assert.Contains("- figure3: not run yet.\n", claims, StringComparison.Ordinal);
    }

    // Four trainings in processes of their own; what they leave serves figure 13 too.
    [Fact]
    public void Training_Smoke_RunsOnceForTwoFigures()
    {
        using StepNetProcess stepnet = new();

        (int code, string output, string error) = stepnet.Run($"reproduce figure4 figure13 --scale smoke {Folders} --parallel 2 --json");

        Assert.Equal(0, code);
        using JsonDocument verdicts = JsonDocument.Parse(output);
        Assert.Equal(["figure4-smoke", "figure13-smoke"], verdicts.RootElement.EnumerateArray().Select(one => one.GetProperty("study").GetString()));
        Assert.Contains("figure4: 4 of 4 trials to run", error, StringComparison.Ordinal);
        Assert.Contains("figure13: 0 of 0 trials to run", error, StringComparison.Ordinal);
        Assert.Equal(2, File.ReadAllLines(stepnet.PathOf("res", "smoke", "figure4", "rows.csv")).Count(line => line.Contains(",1,1,done,", StringComparison.Ordinal)));
        Assert.Equal(1 + (4 * 2), File.ReadAllLines(stepnet.PathOf("res", "smoke", "figure13", "curve-course.csv")).Length);
        Assert.Equal(4, Directory.GetFiles(stepnet.PathOf("trials"), "trial.json", SearchOption.AllDirectories).Length);
    }

    [Fact]
    public void DryRun_ShowsTheTrialsAndLeavesNothing()
    {
        using StepNetProcess stepnet = new();

        (int code, string output, string _) = stepnet.Run($"reproduce figure2 figure4 --scale smoke {Folders} --dry-run");

        Assert.Equal(0, code);
        Assert.Matches(@"(?m)^figure4\r?\ntrial +step +lr +seed +state", output);
        Assert.Equal(8, output.Split('\n').Count(line => line.Contains(" queued ", StringComparison.Ordinal)));
        Assert.Empty(Directory.GetFileSystemEntries(stepnet.Folder));
    }

    [Fact]
    public void Paper_WithoutYes_SaysWhatItTakesAndRunsNothing()
    {
        using StepNetProcess stepnet = new();

        (int code, string _, string error) = stepnet.Run($"reproduce figure3 --scale paper {Folders}");

        Assert.Equal(2, code);
        Assert.Matches(@"(?m)^figure3: 100 of 100 trials to run, about [\d.]+ h of one core$", error);
        Assert.Matches(@"(?m)^stepnet: the published settings take about [\d.]+ h of one core, by estimate\. Add --yes to run them, or choose --scale cpu\.", error);
        Assert.Empty(Directory.GetFileSystemEntries(stepnet.Folder));
    }

    [Theory]
    [InlineData("reproduce", "which figure or table? Name some, or all; 'stepnet reproduce --list' shows them.")]
    [InlineData("reproduce figure99", "'figure99' is no figure or table; expected all, or some of figure")]
    [InlineData("reproduce figure3 --scale cup", "--scale: 'cup', expected smoke or cpu or paper. Did you mean cpu?")]
    public void WrongUse_IsOneLine(string arguments, string expected)
    {
        using StepNetProcess stepnet = new();

        (int code, string output, string error) = stepnet.Run(arguments);

        Assert.Equal((2, ""), (code, output));
        Assert.StartsWith($"stepnet: {expected}", error, StringComparison.Ordinal);
        Assert.Single(error.TrimEnd().Split('\n'));
    }
}
