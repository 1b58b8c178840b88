using StepNet.Experiments.Reproductions;
using StepNet.Experiments.Studies;
using StepNet.Tests.Experiments.Studies;

namespace StepNet.Tests.Experiments.Reproductions;

/// <summary>Which figures there are, and what they cost.</summary>
public sealed class ReproductionCatalogTests
{
    [Fact]
    public void Names_FiguresByNumberFirst()
    {
        string folder = Directory.CreateTempSubdirectory("stepnet-test-").FullName;
        foreach (string name in (string[])["tables", "figure10", "figure9", "atlas", "figures"])
        {
            File.WriteAllText(Path.Combine(folder, $"{name}.yaml"), "");
        }

        ReproductionCatalog catalog = new(folder);

        Assert.Equal(["figure9", "figure10", "atlas", "figures", "tables"], catalog.Names);
        Assert.Equal("'figure90' is no figure or table; expected all, or some of figure9, figure10, atlas, figures, tables. Did you mean figure9?",
            Assert.Throws<StudyException>(() => catalog.FileOf("figure90")).Message);
        Directory.Delete(folder, recursive: true);
    }

    [Theory]
    [InlineData("cpu", "results/figure3")]
    [InlineData("paper", "results/paper/figure3")]
    public void ResultsOf_Scale_HasItsPlace(string scale, string expected) =>
        Assert.Equal(expected, ReproductionCatalog.ResultsOf("results", scale, "figure3").Replace('\\', '/'));

    [Fact]
    public async Task Read_LargerScaleThatHasOnlyBegun_DoesNotDisplaceTheCompleteOne()
    {
        using StudyExample example = new(StudyExample.Yaml + """

            scales: { cpu: { seeds: 2 }, paper: { seeds: 3 } }
            """);
        foreach ((string scale, int rows) in (Dictionary<string, int>)new() { ["cpu"] = 16, ["paper"] = 3 })
        {
            StudyFolder folder = StudyFolder.Make(example.File, scale, ReproductionCatalog.ResultsOf(example.Folder, scale, "parabola"), example.PathOf("trials"), [StudyExample.Parabola]);
            using TrialStore store = example.Store();
            _ = await new StudyRunner(folder.Study, StudyExample.Parabola, store).RunAsync(TestContext.Current.CancellationToken);
            CsvTable all = StudyResult.Read(folder.Study, StudyExample.Parabola, store).Rows();
            File.WriteAllText(Path.Combine(folder.FullPath, "rows.csv"), (all with { Rows = [.. all.Rows.Take(rows)] }).ToCsv());
        }

        ReproductionResult? result = ReproductionResult.Read(example.Folder, "parabola", [StudyExample.Parabola], out string found);

        Assert.Equal((example.PathOf("parabola"), "cpu", true), (found, result!.Study.Study.Scale, result.Study.IsComplete));
        Assert.Null(ReproductionResult.Read(example.Folder, "hyperbola", [StudyExample.Parabola], out _));
    }

    // Eight settings of three seeds, a second each; half of them are done, and one seed belongs to a study before.
    [Fact]
    public async Task Cost_CountsWhatIsOpenAndNotSeenBefore()
    {
        using StudyExample example = new();
        Study whole = example.Read();
        using (TrialStore store = example.Store())
        {
            await new StudyRunner(whole with { Axes = [whole.Axes[0] with { Cases = [whole.Axes[0].Cases[0]] }, whole.Axes[1]], Claims = [] }, StudyExample.Parabola, store)
                .RunAsync(TestContext.Current.CancellationToken);
            HashSet<string> seen = [];
            StudyCost before = StudyCost.Of(whole with { Seeds = [3] }, StudyExample.Parabola, store, seen);
            StudyCost cost = StudyCost.Of(whole, StudyExample.Parabola, store, seen);

            Assert.Equal(new StudyCost(8, 4, 8, 4, 0), before);
            Assert.Equal(new StudyCost(16, 8, 16, 8, 0), cost);
            Assert.Equal(24, seen.Count);
        }
    }

    [Fact]
    public void Cost_OfAKindThatDoesNotSay_IsUnknown()
    {
        using StudyExample example = new();
        ITrialKind silent = new FunctionTrialKind("parabola", new Dictionary<string, string> { ["offset"] = "0", ["side"] = "1", ["x"] = "0" }, (_, _) => TrialOutcome.Done)
        {
            Cost = _ => null,
        };

        Assert.Equal(new StudyCost(24, 24, 0, 0, 24), StudyCost.Of(example.Read(), silent, null, []));
    }
}
