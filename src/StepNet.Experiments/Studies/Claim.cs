namespace StepNet.Experiments.Studies;

/// <summary>That one side is better than the other, or than a number, in what a measure gives; or that groups differ in some measures.</summary>
public sealed record Claim
{
    /// <summary>In a sentence.</summary>
    public required string Text { get; init; }

    /// <summary>Name of a measure that gives a number.</summary>
    public required string Measure { get; init; }

    /// <summary>
    /// Whether the claim is of the standard deviation over the seeds of a setting, which the first side has smaller, rather than of
    /// the values themselves. A pair is then a setting of each side, not a trial.
    /// </summary>
    public bool OfDeviation { get; init; }

    /// <summary>
    /// Of a claim that groups differ: the axis whose values are the groups, or <see cref="ByMeasure"/>. Null for a claim that one side is better.
    /// </summary>
    public string? Differ { get; init; }

    /// <summary>The groups of <see cref="Differ"/> are the measures themselves, each trial having one of each.</summary>
    public const string ByMeasure = "measure";

    /// <summary>Of a claim that groups differ, what they differ in; otherwise <see cref="Measure"/> alone.</summary>
    public IReadOnlyList<string> Measures { get => field.Count > 0 ? field : [Measure]; init; } = [];

    /// <summary>The better side: one value for each of some axes; empty where groups differ.</summary>
    public required IReadOnlyDictionary<string, string> First { get; init; }

    /// <summary>The other side, over the same axes; null where <see cref="Than"/> is given.</summary>
    public IReadOnlyDictionary<string, string>? Second { get; init; }

    /// <summary>A number that the first side is compared with.</summary>
    public double? Than { get; init; }

    /// <summary>Values of other axes that count; axes that are not here count in full.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<string>> Where { get; init; } = new Dictionary<string, IReadOnlyList<string>>();

    /// <summary>Advantage given to the first side, at least 0: above 0 the claim is that it is at most so much worse.</summary>
    public double Margin { get; init; }

    /// <summary>File and line, for messages.</summary>
    public required string Place { get; init; }
}
