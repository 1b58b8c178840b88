namespace StepNet.Experiments.Studies;

/// <summary>A number, or a curve, that is read from the folder of every trial.</summary>
public sealed record Measure
{
    /// <summary>In claims and charts.</summary>
    public required string Name { get; init; }

    /// <summary>For readers, with its unit.</summary>
    public required string Label { get; init; }

    /// <summary>A file of the trial's folder: <c>summary.json</c>, or a CSV file.</summary>
    public string File { get; init; } = "summary.json";

    /// <summary>Field of the JSON object, parts of a path joined by <c>/</c>; or column of the CSV file.</summary>
    public required string Column { get; init; }

    /// <summary>Of a CSV file the rows that count: values by column.</summary>
    public IReadOnlyDictionary<string, string> Where { get; init; } = new Dictionary<string, string>();

    /// <summary>What becomes of several rows.</summary>
    public Taking Take { get; init; }

    /// <summary>Column that says where each row lies (<c>epoch</c>, <c>step</c>): the measure is a curve; null: a number.</summary>
    public string? By { get; init; }

    /// <summary>Of a curve, so many rows for each that is kept, the first and the last always; at least 1.</summary>
    public int Every { get; init; } = 1;

    /// <summary>Factor on what was read, 100 for percent.</summary>
    public double Scale { get; init; } = 1;

    /// <summary>Whether small is good.</summary>
    public bool LessIsBetter { get; init; }

    /// <summary>What a diverged trial counts at, in the scaled unit; null: at what it left, if anything.</summary>
    public double? Chance { get; init; }

    /// <summary>The same by the value of an axis, where trials have different tasks; empty where <see cref="Chance"/> serves all.</summary>
    public IReadOnlyDictionary<string, double> ChanceBy { get; init; } = new Dictionary<string, double>();

    /// <summary>What a diverged trial at these values of the axes counts at; null: at what it left.</summary>
    internal double? ChanceOf(IEnumerable<string> cases) => ChanceBy.Count == 0 ? Chance
        : cases.Where(ChanceBy.ContainsKey).Select(name => (double?)ChanceBy[name]).FirstOrDefault();

    /// <summary>Whether <see cref="Chance"/>, a number or <c>none</c>, was given.</summary>
    public bool HasChance { get; init; }

    /// <summary>File and line, for messages.</summary>
    public required string Place { get; init; }
}
