namespace StepNet.Experiments.Charts;

/// <summary>An axis of a chart.</summary>
/// <param name="Label">What it counts, with its unit: <c>test accuracy, %</c>.</param>
/// <param name="Log">Whether ratios count rather than differences. Values that are not above 0 are left out and counted in the note.</param>
public sealed record Axis(string Label, bool Log = false)
{
    /// <summary>Where the axis begins; null: below the least value.</summary>
    public double? Minimum { get; init; }

    /// <summary>Where the axis ends; null: above the greatest value.</summary>
    public double? Maximum { get; init; }

    /// <summary>Where to put ticks, depths that were trained for instance; null: at round numbers.</summary>
    public IReadOnlyList<double>? Ticks { get; init; }

    /// <summary>Names of the values 0, 1, 2, ...; null: the axis shows numbers.</summary>
    public IReadOnlyList<string>? Categories { get; init; }

    /// <summary>Whether small is good, as for a loss: what diverged is then marked at the upper edge rather than the lower.</summary>
    public bool LessIsBetter { get; init; }
}
