using System.Globalization;
using System.Text.Json;
using StepNet.Experiments.Charts;
using StepNet.Experiments.Reports;
using StepNet.Experiments.Studies;

namespace StepNet.Experiments.Runs;

/// <summary>The report of a run as one page.</summary>
public static class RunReport
{
    // What is larger is left in its folder and named.
    private const int MostBytes = 4 << 20;

    private static readonly Axis s_epoch = new("epoch"), s_step = new("step"), s_loss = new("loss") { LessIsBetter = true };

    /// <summary>The page.</summary>
    /// <exception cref="StudyException">A figure cannot be drawn from what is there.</exception>
    public static HtmlPage Page(RunRecord run)
    {
        ArgumentNullException.ThrowIfNull(run);
        List<Section> sections =
        [
            new Section("Outcome", [new SettingsTable([.. RunRecord.Scalars(run.Summary).Where(field => RunRecord.s_outcome.Contains(field.Key))])]),
            new Section("Curves", [.. Curves(run).OfType<Chart>().Select(chart => new FigurePart(chart))]),
            new Section("Epochs", [new SortableTable(run.Metrics.Columns, [.. run.Metrics.Rows.Select(row => (string[])[.. row.Select(Short)])])]),
        ];
        if (Coefficients(run) is { Count: > 0 } coefficients)
        {
            sections.Add(new Section("Learned step factors and skip weights", [new SortableTable(["coefficient", "value"], coefficients)]));
        }

        sections.Add(new Section("Settings", [new SettingsTable([.. run.Settings])]));
        sections.Add(new Section("Environment", [new SettingsTable([.. Environment(run)])]));
        sections.Add(new Section("Raw rows", [.. Files(run)]));
        return new HtmlPage($"Run {run.Name}", Summary(run), sections);
    }

    /// <summary>What came of a run, in a sentence.</summary>
    public static string Summary(RunRecord run)
    {
        ArgumentNullException.ThrowIfNull(run);
        if (run.Summary.ValueKind != JsonValueKind.Object)
        {
            int epochs = run.Metrics.Rows.Count;
            return $"Not over: {epochs} epoch{(epochs == 1 ? " is" : "s are")} done.";
        }

        string where = $"{run.Field("model")} on {run.Field("data")}, h = {run.Field("step")}, s = {run.Field("skip")}, seed {run.Field("seed")}";
        double accuracy = run.Number("test_accuracy");
        return run.Field("state") switch
        {
            "diverged" => $"{where}: diverged at step {run.Field("diverged_at_step")}.",
            "interrupted" => $"{where}: interrupted after {run.Field("steps")} steps.",
            _ => string.Create(CultureInfo.InvariantCulture, $"{where}: test accuracy {100 * accuracy:f2} % after {run.Field("steps")} steps."),
        };
    }

    private static IEnumerable<Chart?> Curves(RunRecord run)
    {
        yield return RunCharts.Of(run.Metrics, "Accuracy", s_epoch, "epoch", new Axis("accuracy, %"),
            ("train_accuracy", "training"), ("validation_accuracy", "validation"), ("test_accuracy", "test"));
        yield return RunCharts.Of(run.Metrics, "Loss", s_epoch, "epoch", s_loss,
            ("train_loss", "training"), ("validation_loss", "validation"), ("test_loss", "test"));
        if (run.Steps is not null)
        {
            yield return RunCharts.Of(run.Steps, "Training loss by step", s_step, "step", s_loss, ("loss", ""));
            yield return RunCharts.Of(run.Steps, "Learning rate by step", s_step, "step", new Axis("learning rate"), ("lr", ""));
        }
    }

    private static IReadOnlyList<IReadOnlyList<string>> Coefficients(RunRecord run) =>
        run.Summary.ValueKind == JsonValueKind.Object && run.Summary.TryGetProperty("coefficients", out JsonElement fields) && fields.ValueKind == JsonValueKind.Object
            ? [.. fields.EnumerateObject().Select(field => (string[])[field.Name, field.Value.ValueKind == JsonValueKind.Number ? StudyReport.Number(field.Value.GetDouble()) : ""])]
            : [];

    private static IEnumerable<KeyValuePair<string, string>> Environment(RunRecord run)
    {
        yield return new("version", run.Field("version"));
        yield return new("threads", run.Field("threads"));
        yield return new("speed", $"{run.Field("images_per_second")} items/s, {run.Field("seconds")} s in all");
        if (run.Environment is not null)
        {
            yield return new("machine", run.Environment);
        }
    }

    private static IEnumerable<SectionPart> Files(RunRecord run)
    {
        foreach (FileInfo file in new DirectoryInfo(run.FullPath).EnumerateFiles().OrderBy(file => file.Name, StringComparer.Ordinal))
        {
            string? type = file.Extension switch { ".csv" => "text/csv", ".json" => "application/json", ".yaml" => "application/yaml", _ => null };
            if (type is not null)
            {
                yield return file.Length <= MostBytes ? new Download(file.Name, type, File.ReadAllBytes(file.FullName))
                    : new Paragraph($"{file.Name}, {file.Length / 1e6:f0} MB, lies in the run folder.");
            }
        }
    }

    private static string Short(string cell) => double.IsFinite(CsvTable.Number(cell)) && cell.Contains('.', StringComparison.Ordinal)
        ? CsvTable.Number(cell).ToString("g5", CultureInfo.InvariantCulture) : cell;
}
