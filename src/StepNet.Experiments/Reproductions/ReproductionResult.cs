using StepNet.Experiments.Studies;

namespace StepNet.Experiments.Reproductions;

/// <summary>What the folder of a figure holds, judged anew from its rows.</summary>
/// <param name="Study">Its study and its trials, without curves.</param>
/// <param name="Plots">Names of its plots, in order.</param>
public sealed record ReproductionResult(StudyResult Study, IReadOnlyList<string> Plots)
{
    /// <summary>
    /// Reads the results of a figure at its largest scale of <c>paper</c> and <c>cpu</c> that is complete, or else the largest; null where it has
    /// not run.
    /// </summary>
    /// <param name="root">Folder of all results.</param>
    /// <param name="name">The figure.</param>
    /// <param name="kinds">Kinds of trial.</param>
    /// <param name="folder">Receives its folder.</param>
    /// <exception cref="StudyException">The folder's files do not fit together.</exception>
    public static ReproductionResult? Read(string root, string name, IReadOnlyList<ITrialKind> kinds, out string folder)
    {
        (string Folder, ReproductionResult Result)[] all =
        [
            .. from scale in (string[])["paper", "cpu"]
               let one = ReproductionCatalog.ResultsOf(root, scale, name)
               where StudyFolder.IsOne(one) && File.Exists(Path.Combine(one, "rows.csv"))
               select (one, Read(one, kinds)),
        ];
        (folder, ReproductionResult? result) = all.Where(one => one.Result.Study.IsComplete).Concat(all).FirstOrDefault(("", null!));
        return result;
    }

    private static ReproductionResult Read(string folder, IReadOnlyList<ITrialKind> kinds)
    {
        StudyFolder study = StudyFolder.Open(folder, kinds);
        return new ReproductionResult(
            StudyResult.Read(study.Study, study.Kind, CsvTable.Read(Path.Combine(folder, "rows.csv"))),
            [.. Enumerable.Range(1, 99).Select(i => i == 1 ? "plot.svg" : $"plot-{i}.svg").TakeWhile(plot => File.Exists(Path.Combine(folder, plot)))]);
    }
}
