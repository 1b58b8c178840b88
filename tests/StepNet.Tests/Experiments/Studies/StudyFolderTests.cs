using StepNet.Experiments.Studies;

namespace StepNet.Tests.Experiments.Studies;

/// <summary>What the folder of a study keeps, and what it gives up.</summary>
public sealed class StudyFolderTests
{
    // What a process that was killed between its first two files leaves.
    [Fact]
    public void Make_FolderThatWasOnlyBegun_IsTakenOn()
    {
        using StudyExample example = new();
        _ = Directory.CreateDirectory(example.PathOf("study"));
        File.WriteAllText(Path.Combine(example.PathOf("study"), "study.yaml"), "title: half");
        File.WriteAllText(Path.Combine(example.PathOf("study"), "study.json.x1.tmp"), "{");

        Assert.Equal("A parabola", Make(example).Study.Title);

        _ = Directory.CreateDirectory(example.PathOf("other"));
        File.WriteAllText(Path.Combine(example.PathOf("other"), "thesis.txt"), "mine");
        Assert.Contains("not empty", Assert.Throws<StudyException>(() => Make(example, "other")).Message, StringComparison.Ordinal);
    }

    // In a clone there are rows, and no trials.
    [Fact]
    public async Task CountLost_TrialsThatAreGone_AreCounted()
    {
        using StudyExample example = new();
        StudyFolder folder = Make(example);
        Assert.Equal(0, folder.CountLost(await RunAsync(example)));
        folder.WriteReport(example.Result());
        Assert.Equal(0, folder.CountLost(example.Result()));

        Directory.Delete(Path.Combine(example.PathOf("trials"), example.Result().Trials[5].Trial.Key), recursive: true);
        Assert.Equal(1, folder.CountLost(example.Result()));

        Directory.Delete(example.PathOf("trials"), recursive: true);
        Assert.Equal(24, folder.CountLost(example.Result()));
    }

    [Fact]
    public async Task WriteReport_FewerCharts_LeavesNoneOfThoseBefore()
    {
        const string Chart = "{ title: Y, x: x, y: y, series: side }";
        using StudyExample example = new(StudyExample.Yaml + $"\ncharts: [{Chart}, {Chart}, {Chart}]\n");
        StudyResult result = await RunAsync(example);
        Make(example).WriteReport(result);
        Assert.Equal(["plot-2.svg", "plot-3.svg", "plot.svg"], Plots(example));

        example.Write(StudyExample.Yaml + $"\ncharts: [{Chart}]\n");
        Make(example).WriteReport(example.Result());

        Assert.Equal(["plot.svg"], Plots(example));
    }

    private static IEnumerable<string?> Plots(StudyExample example) => Directory.GetFiles(example.PathOf("study"), "*.svg").Select(Path.GetFileName).Order();

    private static StudyFolder Make(StudyExample example, string name = "study") =>
        StudyFolder.Make(example.File, null, example.PathOf(name), example.PathOf("trials"), [StudyExample.Parabola]);

    private static async Task<StudyResult> RunAsync(StudyExample example)
    {
        using TrialStore store = example.Store();
        _ = await new StudyRunner(example.Read(), StudyExample.Parabola, store).RunAsync(TestContext.Current.CancellationToken);
        return StudyResult.Read(example.Read(), StudyExample.Parabola, store);
    }
}
