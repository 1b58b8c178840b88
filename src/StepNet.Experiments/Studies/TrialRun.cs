using System.Globalization;
using System.Text;

namespace StepNet.Experiments.Studies;

/// <summary>A trial as its kind sees it: a configuration, a folder to leave rows in, and a way to say that it lives.</summary>
/// <param name="configuration">All settings, as <see cref="ITrialKind.Resolve"/> gave them.</param>
/// <param name="folder">For the trial alone; what an earlier attempt left may be in it.</param>
/// <param name="threads">Threads that it may use, at least 1.</param>
/// <param name="limit">How long it may show no progress.</param>
public sealed class TrialRun(IReadOnlyDictionary<string, string> configuration, string folder, int threads, TimeSpan limit)
{
    private readonly List<StreamWriter> _open = [];
    private long _place;

    /// <summary>Settings by key.</summary>
    public IReadOnlyDictionary<string, string> Configuration { get; } = configuration;

    /// <summary>Where its rows go.</summary>
    public string Folder { get; } = folder;

    /// <summary>Threads that it may use.</summary>
    public int Threads { get; } = threads;

    /// <summary>How long it may show no progress before it counts as hanging.</summary>
    public TimeSpan Limit { get; } = limit;

    /// <summary>Its seed; 1 where the study has none.</summary>
    public ulong Seed => ulong.Parse(Configuration.GetValueOrDefault("seed", "1"), CultureInfo.InvariantCulture);

    /// <summary>Changes where the trial makes progress.</summary>
    internal long Place => Interlocked.Read(ref _place);

    /// <summary>A setting as text.</summary>
    public string Text(string key) => Configuration[key];

    /// <summary>A setting as a number.</summary>
    /// <exception cref="StudyException">It is none.</exception>
    public double Number(string key) => double.TryParse(Configuration[key], NumberStyles.Float, CultureInfo.InvariantCulture, out double value)
        ? value : throw new StudyException($"{key}: '{Configuration[key]}', expected a number.");

    /// <summary>A setting as a whole number.</summary>
    /// <exception cref="StudyException">It is none.</exception>
    public int Integer(string key) => int.TryParse(Configuration[key], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int value)
        ? value : throw new StudyException($"{key}: '{Configuration[key]}', expected an integer.");

    /// <summary>Says that the trial makes progress; cheap enough for every step.</summary>
    public void Beat() => Interlocked.Increment(ref _place);

    /// <summary>Opens a CSV file to append rows to, each of them in the file when the call returns; the header is written at once.</summary>
    /// <returns>Appends a row: texts as they are, numbers so that they read back the same.</returns>
    public Action<object[]> Rows(string fileName, params string[] columns)
    {
        StreamWriter writer = new(System.IO.Path.Combine(Folder, fileName), append: false, new UTF8Encoding(false)) { AutoFlush = true };
        _open.Add(writer);
        writer.Write(CsvTable.Line(columns));
        return cells =>
        {
            Beat();
            writer.Write(CsvTable.Line(cells.Select(cell => string.Create(CultureInfo.InvariantCulture, $"{cell}"))));
        };
    }

    /// <summary>Writes <c>summary.json</c>: numbers by name, null for what is not finite.</summary>
    public void Summary(params (string Name, double Value)[] values) => SmallFile.Write(System.IO.Path.Combine(Folder, "summary.json"), SmallFile.Json(json =>
    {
        json.WriteStartObject();
        foreach ((string name, double value) in values)
        {
            if (double.IsFinite(value))
            {
                json.WriteNumber(name, value);
            }
            else
            {
                json.WriteNull(name);
            }
        }

        json.WriteEndObject();
    }));

    internal void Close() => _open.ForEach(writer => writer.Dispose());
}
