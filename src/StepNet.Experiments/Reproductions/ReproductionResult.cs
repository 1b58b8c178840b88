using StepNet.Experiments.Studies;

namespace StepNet.Experiments.Reproductions;

/// <summary>What the folder of a figure holds, judged anew from its rows.</summary>
/// <param name="Study">Its study and its trials, without curves.</param>
/// <param name="Plots">Names of its plots, in order.</param>
public sealed record ReproductionResult(StudyResult Study, IReadOnlyList<string> Plots)
{
    /// <summary>Reads the results of a figure at its largest scale of <c>paper</c> and <c>cpu</c>; null where it has not run.</summary>
    /// <param name="root">Folder of all results.</param>
    /// <param name="name">The figure.</param>
    /// <param name="kinds">Kinds of trial.</param>
    /// <param name="folder">Receives its folder.</param>
    /// <exception cref="StudyException">The folder's files do not fit together.</exception>
    public static ReproductionResult? Read(string root, string name, IReadOnlyList<ITrialKind> kinds, out string folder)
    {
        folder = ((string[])["paper", "cpu"]).Select(scale => ReproductionCatalog.ResultsOf(root, scale, name)).FirstOrDefault(IsResult) ?? "";
        if (folder.Length == 0)
        {
            return null;
        }

        StudyFolder study = StudyFolder.Open(folder, kinds);
        string path = folder;
        return new ReproductionResult(
            StudyResult.Read(study.Study, study.Kind, CsvTable.Read(Path.Combine(folder, "rows.csv"))),
            [.. Enumerable.Range(1, 99).Select(i => i == 1 ? "plot.svg" : $"plot-{i}.svg").TakeWhile(plot => File.Exists(Path.Combine(path, plot)))]);
    }

    private static bool IsResult(string folder) => StudyFolder.IsOne(folder) && File.Exists(Path.Combine(folder, "rows.csv"));
}
