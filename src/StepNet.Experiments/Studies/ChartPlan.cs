namespace StepNet.Experiments.Studies;

/// <summary>A chart of the report.</summary>
public sealed record ChartPlan
{
    /// <summary>Above it.</summary>
    public required string Title { get; init; }

    /// <summary>How it is drawn.</summary>
    public ChartKind Kind { get; init; }

    /// <summary>To the right: an axis, or the column that a curve is by.</summary>
    public required string X { get; init; }

    /// <summary>What stands at x; null: the label of the axis, or the column.</summary>
    public string? XLabel { get; init; }

    /// <summary>What stands at y; null: the label of the measure.</summary>
    public string? YLabel { get; init; }

    /// <summary>Upwards: a measure, or several with a chart for each; of a heat map an axis.</summary>
    public required IReadOnlyList<string> Ys { get; init; }

    /// <summary>The first of <see cref="Ys"/>.</summary>
    public string Y => Ys[0];

    /// <summary>Of a heat map the measure that is the colour.</summary>
    public string? Value { get; init; }

    /// <summary>Axis with a line for each value; null: one line.</summary>
    public string? Series { get; init; }

    /// <summary>Axis with a chart for each value; null: one chart.</summary>
    public string? Panels { get; init; }

    /// <summary>Values of axes that are shown; axes that are not here are shown in full, those that have no place pooled.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<string>> Where { get; init; } = new Dictionary<string, IReadOnlyList<string>>();

    /// <summary>What band or error bars reach over.</summary>
    public SpreadMeasure Spread { get; init; }

    /// <summary>Whether a line has error bars rather than a band.</summary>
    public bool ErrorBars { get; init; }

    /// <summary>Whether x is logarithmic; null: as the axis is.</summary>
    public bool? LogX { get; init; }

    /// <summary>Whether y is logarithmic.</summary>
    public bool LogY { get; init; }

    /// <summary>Whether charts side by side have the same axes.</summary>
    public bool SharedAxes { get; init; } = true;

    /// <summary>Below it.</summary>
    public string? Note { get; init; }

    /// <summary>File and line, for messages.</summary>
    public required string Place { get; init; }
}
