using System.Text.Json;

namespace StepNet.Experiments.Studies;

/// <summary>The folder of a study: its file as it was when it began, where its trials lie, and in the end its rows, verdict and report.</summary>
public sealed class StudyFolder
{
    private const string FileName = "study.yaml", AboutName = "study.json";

    private StudyFolder(string path, string trials, Study study, ITrialKind kind) => (FullPath, Trials, Study, Kind) = (path, trials, study, kind);

    /// <summary>Where it lies.</summary>
    public string FullPath { get; }

    /// <summary>Where its trials lie, and those of other studies.</summary>
    public string Trials { get; }

    /// <summary>The study.</summary>
    public Study Study { get; }

    /// <summary>Its kind of trial.</summary>
    public ITrialKind Kind { get; }

    /// <summary>The study's file, as text.</summary>
    public string Source => File.ReadAllText(Path.Combine(FullPath, FileName));

    /// <summary>Whether a folder is that of a study.</summary>
    public static bool IsOne(string path) => File.Exists(Path.Combine(path, AboutName));

    /// <summary>
    /// Makes the folder of a study, or joins one that is there: then the file may differ in titles, notes and charts, but not in
    /// trials, measures, claims and rule, which are fixed before anything runs.
    /// </summary>
    /// <param name="file">The study's file.</param>
    /// <param name="scale">One of its scales; null for none.</param>
    /// <param name="path">The folder.</param>
    /// <param name="trials">Where trials lie; null for what the folder says, or <c>trials</c> beside it.</param>
    /// <param name="kinds">Kinds of trial.</param>
    /// <exception cref="StudyException">The file is no study, or the folder holds another.</exception>
    public static StudyFolder Make(string file, string? scale, string path, string? trials, IReadOnlyList<ITrialKind> kinds)
    {
        Study study = StudyFile.Read(file, kinds, scale);
        if (IsOne(path))
        {
            StudyFolder old = Open(path, kinds);
            if (old.Study.Substance != study.Substance)
            {
                throw new StudyException($"'{path}' holds a study with other trials, measures, claims or rule, which stay as they were when it began. "
                    + "Name another folder (--out): trials that both have do not run again.");
            }

            if (trials is not null && Path.GetFullPath(trials) != Path.GetFullPath(old.Trials))
            {
                throw new StudyException($"'{path}' has its trials in '{old.Trials}'. Leave --trials out, or name another folder (--out).");
            }

            trials = old.Trials;
        }
        else if (File.Exists(path) || (Directory.Exists(path) && Directory.EnumerateFileSystemEntries(path).Any(entry => !IsBegun(entry))))
        {
            throw new StudyException($"'{path}' is no folder of a study, and not empty. Name a new or an empty folder (--out).");
        }

        trials ??= TrialsBeside(path);
        if (Path.GetFullPath(trials) == Path.GetFullPath(path))
        {
            throw new StudyException($"'{path}' is where the trials go. Give the study another folder (--out).");
        }

        // What cannot run is not begun: its file could not be mended in the folder.
        ITrialKind kind = kinds.First(kind => kind.Name == study.Kind);
        _ = new StudyPlan(study, kind).Expand(_ => null);
        _ = Directory.CreateDirectory(path);
        SmallFile.Write(Path.Combine(path, FileName), File.ReadAllText(file));
        SmallFile.Write(Path.Combine(path, AboutName), About(study, Path.GetRelativePath(path, trials)));
        return new StudyFolder(path, trials, study, kind);
    }

    /// <summary>Where the trials of a study lie whose folder is <paramref name="path"/>, where nothing else is said.</summary>
    public static string TrialsBeside(string path) => Path.Combine(Path.GetDirectoryName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(path)))!, "trials");

    // What another process writes first, or one that was killed over it left.
    private static bool IsBegun(string entry) => Path.GetFileName(entry).StartsWith(FileName, StringComparison.Ordinal) || entry.EndsWith(".tmp", StringComparison.Ordinal);

    /// <summary>Opens the folder of a study.</summary>
    /// <exception cref="StudyException">It is none.</exception>
    public static StudyFolder Open(string path, IReadOnlyList<ITrialKind> kinds)
    {
        if (!IsOne(path))
        {
            throw new StudyException($"'{path}' is no folder of a study. 'stepnet sweep run FILE' makes one.");
        }

        using JsonDocument about = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(path, AboutName)));
        Study study = StudyFile.Read(Path.Combine(path, FileName), kinds, about.RootElement.GetProperty("scale").GetString())
            with
        { Name = about.RootElement.GetProperty("name").GetString()! };
        string trials = Path.Combine(path, about.RootElement.GetProperty("trials").GetString()!);
        return new StudyFolder(path, trials, study, kinds.First(kind => kind.Name == study.Kind));
    }

    /// <summary>How many results the folder's rows have that are not there now: those of trials that lie elsewhere, or that were deleted.</summary>
    /// <remarks>
    /// A clone has the rows of its studies, and not their trials. A trial that is there and no longer the study's, as of data that have changed, is not lost.
    /// </remarks>
    public int CountLost(TrialStore store)
    {
        ArgumentNullException.ThrowIfNull(store);
        string path = Path.Combine(FullPath, "rows.csv");
        if (!File.Exists(path))
        {
            return 0;
        }

        CsvTable rows = CsvTable.Read(path);
        (int key, int state) = (rows.Find("trial"), rows.Find("state"));
        return key < 0 || state < 0 ? 0 : rows.Rows
            .Where(row => row[state] == StudyResult.Word(TrialState.Done) || row[state] == StudyResult.Word(TrialState.Diverged))
            .Select(row => row[key]).Distinct().Count(one => !store.HasResult(one));
    }

    /// <summary>
    /// Writes what is known now: <c>rows.csv</c>, a file for each curve, <c>verdict.json</c>, <c>plot.svg</c>, <c>plot-2.svg</c> and so on,
    /// which are the same for equal trials; <c>times.csv</c> and <c>report.html</c>, which say when and where they ran too.
    /// </summary>
    public void WriteReport(StudyResult result)
    {
        ArgumentNullException.ThrowIfNull(result);
        SmallFile.Write(Path.Combine(FullPath, "rows.csv"), result.Rows().ToCsv());
        foreach (Measure curve in Study.Measures.Where(measure => measure.By is not null))
        {
            SmallFile.Write(Path.Combine(FullPath, $"curve-{curve.Name}.csv"), result.Curve(curve).ToCsv());
        }

        SmallFile.Write(Path.Combine(FullPath, "verdict.json"), result.VerdictJson());
        IReadOnlyList<Charts.Figure> figures = StudyReport.Figures(this, result);
        foreach ((int index, Charts.Figure figure) in figures.Index())
        {
            SmallFile.Write(PlotPath(index), figure.ToSvg());
        }

        // Charts may change: what an earlier file asked for does not stay.
        for (int index = figures.Count; File.Exists(PlotPath(index)); index++)
        {
            File.Delete(PlotPath(index));
        }

        SmallFile.Write(Path.Combine(FullPath, "times.csv"), result.Times().ToCsv());
        SmallFile.Write(Path.Combine(FullPath, "report.html"), StudyReport.Page(this, result, figures).ToHtml());
    }

    private string PlotPath(int index) => Path.Combine(FullPath, index == 0 ? "plot.svg" : $"plot-{index + 1}.svg");

    private static string About(Study study, string trials) => SmallFile.Json(json =>
    {
        json.WriteStartObject();
        json.WriteString("name", study.Name);
        json.WriteString("scale", study.Scale);
        json.WriteString("trials", trials.Replace('\\', '/'));
        json.WriteEndObject();
    });
}
