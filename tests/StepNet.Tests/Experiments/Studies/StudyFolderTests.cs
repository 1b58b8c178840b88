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
        using TrialStore store = new(example.PathOf("trials"), forRunning: false);
        _ = await RunAsync(example);
        Assert.Equal(0, folder.CountLost(store));
        folder.WriteReport(example.Result());
        Assert.Equal(0, folder.CountLost(store));

        Directory.Delete(Path.Combine(example.PathOf("trials"), example.Result().Trials[5].Trial.Key), recursive: true);
        Assert.Equal(1, folder.CountLost(store));

        Directory.Delete(example.PathOf("trials"), recursive: true);
        Assert.Equal(24, folder.CountLost(store));
    }

    // As when a picture of the user's own was changed: the trials of before are there, and no longer the study's.
    [Fact]
    public async Task CountLost_TrialsOfBefore_AreNotLost()
    {
        using StudyExample example = new();
        StudyFolder folder = Make(example);
        _ = await RunAsync(example);
        folder.WriteReport(example.Result());
        string rows = Path.Combine(folder.FullPath, "rows.csv"), key = example.Result().Trials[5].Trial.Key, other = new('0', key.Length);
        File.WriteAllText(rows, File.ReadAllText(rows).Replace(key, other, StringComparison.Ordinal));
        using TrialStore store = new(example.PathOf("trials"), forRunning: false);
        Assert.Equal(1, folder.CountLost(store));

        _ = Directory.CreateDirectory(Path.Combine(example.PathOf("trials"), other));
        File.Copy(Path.Combine(example.PathOf("trials"), key, "status.json"), Path.Combine(example.PathOf("trials"), other, "status.json"));
        Assert.Equal(0, folder.CountLost(store));
    }

    [Fact]
    public void Make_SettingsThatContradictEachOther_LeavesNothing()
    {
        using StudyExample example = new();
        ITrialKind refuses = new Refusing();

        Assert.Throws<StudyException>(() => StudyFolder.Make(example.File, null, example.PathOf("study"), null, [refuses]));

        Assert.False(Directory.Exists(example.PathOf("study")));
    }

    [Fact]
    public async Task Report_MeasureOfAFileThatIsNotThere_IsNamed()
    {
        using StudyExample example = new(StudyExample.Yaml.Replace("file: rows.csv", "file: row.csv", StringComparison.Ordinal));

        StudyException error = await Assert.ThrowsAsync<StudyException>(() => RunAsync(example));

        Assert.Contains("measure 'curve': the trials have no file 'row.csv'; ", error.Message, StringComparison.Ordinal);
        Assert.EndsWith("has rows.csv, summary.json. Did you mean rows.csv?", error.Message, StringComparison.Ordinal);
    }

    private sealed class Refusing : ITrialKind
    {
        public string Name => "parabola";

        public IReadOnlyCollection<string> Keys => StudyExample.Parabola.Keys;

        public string? Check(string key, string value) => null;

        public IReadOnlyDictionary<string, string> Resolve(IReadOnlyDictionary<string, string> settings) => throw new StudyException("no");

        public Task<TrialOutcome> RunAsync(TrialRun run, CancellationToken stop) => throw new NotSupportedException();
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
