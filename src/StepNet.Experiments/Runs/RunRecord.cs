using System.Globalization;
using System.Text.Json;
using StepNet.Experiments.Studies;

namespace StepNet.Experiments.Runs;

/// <summary>A run folder as it was left: settings, outcome and rows.</summary>
public sealed record RunRecord
{
    /// <summary>The folder.</summary>
    public required string FullPath { get; init; }

    /// <summary>For readers: the folder's name.</summary>
    public required string Name { get; init; }

    /// <summary>Options of the run, from <c>config.yaml</c>; of a folder without it, what the summary says.</summary>
    public required IReadOnlyDictionary<string, string> Settings { get; init; }

    /// <summary>The object of <c>summary.json</c>; undefined where the run has not ended.</summary>
    public required JsonElement Summary { get; init; }

    /// <summary>A row an epoch.</summary>
    public required CsvTable Metrics { get; init; }

    /// <summary>A row for so many steps; null where none were asked for.</summary>
    public CsvTable? Steps { get; init; }

    /// <summary>Where it ran, of a trial; null where nobody wrote it down.</summary>
    public string? Environment { get; init; }

    /// <summary>Reads a run folder.</summary>
    /// <exception cref="StudyException">It is none, or a file in it is no such file.</exception>
    public static RunRecord Read(string path)
    {
        if (!File.Exists(Path.Combine(path, "metrics.csv")))
        {
            throw new StudyException(Directory.Exists(path)
                ? $"'{path}' has no metrics.csv: it is no run folder, or its first epoch is not over. Name a folder that 'stepnet train' made."
                : $"'{path}' is not there. Name a folder that 'stepnet train' or 'stepnet sweep' made.");
        }

        JsonElement summary = default;
        if (SmallFile.Read(Path.Combine(path, "summary.json")) is string text)
        {
            try
            {
                using JsonDocument json = JsonDocument.Parse(text);
                summary = json.RootElement.Clone();
            }
            catch (JsonException e)
            {
                throw new StudyException($"'{Path.Combine(path, "summary.json")}' is no JSON ({e.Message.ReplaceLineEndings(" ").TrimEnd('.')}).");
            }
        }

        string config = Path.Combine(path, "config.yaml"), steps = Path.Combine(path, "steps.csv");
        return new RunRecord
        {
            FullPath = path,
            Name = Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(path))),
            Settings = File.Exists(config)
                ? YamlMap.Read(config, "the options of a run").Entries.ToDictionary(entry => entry.Key, entry => $"{entry.Value}")
                : Scalars(summary).Where(field => !s_outcome.Contains(field.Key)).ToDictionary(),
            Summary = summary,
            Metrics = CsvTable.Read(Path.Combine(path, "metrics.csv")),
            Steps = File.Exists(steps) ? CsvTable.Read(steps) : null,
            Environment = SmallFile.Read(Path.Combine(path, "status.json")) is string status ? TrialStatus.Parse(status)?.Environment : null,
        };
    }

    /// <summary>A field of the summary as text; empty where there is none.</summary>
    public string Field(string name) => Summary.ValueKind == JsonValueKind.Object && Summary.TryGetProperty(name, out JsonElement value) ? Text(value) : "";

    /// <summary>A field of the summary as a number; NaN where it is none.</summary>
    public double Number(string name) => CsvTable.Number(Field(name));

    /// <summary>The points of a column over another, where the table has both.</summary>
    internal static (double X, double Y)[] Points(CsvTable table, string x, string y)
    {
        int column = table.Find(y), place = table.Find(x);
        return column < 0 || place < 0 ? []
            : [.. table.Rows.Where(row => row[column].Length > 0).Select(row => (CsvTable.Number(row[place]), CsvTable.Number(row[column]))).Where(point => double.IsFinite(point.Item1))];
    }

    internal static IEnumerable<KeyValuePair<string, string>> Scalars(JsonElement summary) =>
        summary.ValueKind != JsonValueKind.Object ? [] : summary.EnumerateObject()
            .Where(field => field.Value.ValueKind is not (JsonValueKind.Object or JsonValueKind.Array or JsonValueKind.Null))
            .Select(field => KeyValuePair.Create(field.Name, Text(field.Value)));

    /// <summary>Fields of the summary that say what came of the run.</summary>
    internal static readonly string[] s_outcome =
    [
        "state", "diverged_at_step", "diverged_in", "kept_epoch", "validation_accuracy", "test_accuracy", "test_loss", "final_loss",
        "images_per_second", "seconds", "steps", "version", "threads",
    ];

    private static string Text(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Number => value.TryGetInt64(out long whole) ? whole.ToString(CultureInfo.InvariantCulture) : value.GetDouble().ToString("g6", CultureInfo.InvariantCulture),
        JsonValueKind.String => value.GetString()!,
        JsonValueKind.True => "true",
        JsonValueKind.False => "false",
        _ => "",
    };
}
