using System.Text.Json;
using StepNet.Experiments.Studies;

namespace StepNet.Tests.Cli;

/// <summary><c>stepnet compare</c> and <c>stepnet report</c> on two runs that differ in one option.</summary>
public sealed class CompareCommandTests(CompareCommandTests.TwoRuns runs) : IClassFixture<CompareCommandTests.TwoRuns>
{
    private static readonly string[] s_columns =
        ["run", "step", "state", "test accuracy, %", "validation accuracy, %", "training loss", "steps", "seconds"];

    // Threads differ too, which alters nothing.
    [Fact]
    public void Compare_RunsThatDifferInOneOption_NamesItAndBothValues()
    {
        (int code, string output, string error) = runs.StepNet.Run("compare small large");

        Assert.Equal((0, ""), (code, error));
        Assert.Matches($"(?m)^{string.Join(" +", s_columns)}$", output);
        Assert.Matches(@"(?m)^small +0\.1 +completed +[\d.]+ +[\d.]+ +[\d.]+ +2 +[\d.]+$", output);
        Assert.Matches(@"(?m)^large +1 +completed +[\d.]+ +[\d.]+ +[\d.]+ +2 +[\d.]+$", output);
        Assert.Equal(3, output.TrimEnd().Split('\n').Length);
    }

    [Fact]
    public void Compare_AsCsv_HasTheNumbersOfTheSummaries()
    {
        (int code, string output, string error) = runs.StepNet.Run("compare large small --csv");

        Assert.Equal((0, ""), (code, error));
        File.WriteAllText(runs.StepNet.PathOf("table.csv"), output);
        CsvTable table = CsvTable.Read(runs.StepNet.PathOf("table.csv"));
        Assert.Equal(s_columns, table.Columns);
        Assert.Equal(["large", "small"], table.Rows.Select(row => row[0]));
        Assert.Equal(["1", "0.1"], table.Rows.Select(row => row[1]));
        foreach (IReadOnlyList<string> row in table.Rows)
        {
            JsonElement summary = JsonDocument.Parse(File.ReadAllText(runs.StepNet.PathOf(row[0], "summary.json"))).RootElement;
            Assert.Equal(100 * summary.GetProperty("test_accuracy").GetDouble(), CsvTable.Number(row[3]), tolerance: 1e-3);
            Assert.Equal(100 * summary.GetProperty("validation_accuracy").GetDouble(), CsvTable.Number(row[4]), tolerance: 1e-3);
            Assert.Equal(summary.GetProperty("final_loss").GetDouble(), CsvTable.Number(row[5]), tolerance: 1e-3);
        }
    }

    [Fact]
    public void Compare_IntoAPage_HasTheCurvesAndTheSharedSettings()
    {
        (int code, _, string error) = runs.StepNet.Run("compare small large --out page.html");

        Assert.Equal((0, ""), (code, error));
        string page = File.ReadAllText(runs.StepNet.PathOf("page.html"));
        foreach (string part in (string[])["<h1>2 runs</h1>", ">They differ in step.</p>", "<title>Training loss</title>", "<title>Validation accuracy</title>",
            "<title>Training loss by step</title>", "<th scope=\"row\">model</th><td>resnet8</td>", "download=\"runs.csv\""])
        {
            Assert.Contains(part, page, StringComparison.Ordinal);
        }

        // There was no test after every epoch; and what differs is not shared.
        Assert.DoesNotContain("<title>Test accuracy</title>", page, StringComparison.Ordinal);
        Assert.DoesNotContain("<th scope=\"row\">step</th>", page, StringComparison.Ordinal);
        Assert.DoesNotContain("<th scope=\"row\">threads</th>", page, StringComparison.Ordinal);
    }

    [Fact]
    public void Report_OfARun_WritesItsPageAndSaysWhere()
    {
        (int code, string output, string error) = runs.StepNet.Run("report small");

        Assert.Equal((0, "", Path.Combine("small", "report.html")), (code, error, output.TrimEnd()));
        string page = File.ReadAllText(runs.StepNet.PathOf("small", "report.html"));
        foreach (string part in (string[])["<h1>Run small</h1>", "resnet8 on shapes, h = 0.1, s = 1, seed 1: test accuracy ", "<title>Training loss by step</title>",
            "download=\"config.yaml\"", "download=\"steps.csv\""])
        {
            Assert.Contains(part, page, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("compare nowhere", "'nowhere' is not there. Name a folder that 'stepnet train' or 'stepnet sweep' made.")]
    [InlineData("compare small empty", "'empty' has no metrics.csv: it is no run folder, or its first epoch is not over. Name a folder that 'stepnet train' made.")]
    [InlineData("compare small --out empty", "--out 'empty' is a folder. Name a file in it.")]
    [InlineData("compare small --out none/page.html", "--out 'none/page.html': there is no folder '")]
    [InlineData("report empty", "'empty' has no metrics.csv: it is no run folder, or its first epoch is not over. Name a folder that 'stepnet train' made.")]
    public void Compare_WrongFolder_IsOneLine(string arguments, string message)
    {
        (int code, string output, string error) = runs.StepNet.Run(arguments);

        Assert.Equal((2, ""), (code, output));
        Assert.StartsWith($"stepnet: {message}", error, StringComparison.Ordinal);
        Assert.Single(error.TrimEnd().Split('\n'));
        Assert.Empty(Directory.GetFileSystemEntries(runs.StepNet.PathOf("empty")));
    }

    /// <summary>Two runs of two steps and an empty folder, for all tests.</summary>
    public sealed class TwoRuns : IDisposable
    {
        private const string Tiny = "train --train-items 10 --test-items 4 --validation 4 --batch 4 --epochs 1 --log-every 1 --quiet";

        public TwoRuns()
        {
            Directory.CreateDirectory(StepNet.PathOf("empty"));
            foreach (string options in (string[])["--step 0.1 --threads 1 --out small", "--step 1 --threads 2 --out large"])
            {
                (int code, _, string error) = StepNet.Run($"{Tiny} {options}");
                Assert.True(code == 0, error);
            }
        }

        internal StepNetProcess StepNet { get; } = new();

        public void Dispose() => StepNet.Dispose();
    }
}
