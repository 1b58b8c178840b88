namespace StepNet.Experiments.Charts;

/// <summary>A point of a series.</summary>
/// <param name="X">Place along the x axis.</param>
/// <param name="Y">Value, the median for instance; a gap where it is not finite.</param>
/// <param name="Low">Lower end of the band or error bar; NaN: none.</param>
/// <param name="High">Upper end of it; NaN: none.</param>
/// <param name="Diverged">Whether a training diverged here: marked with a cross at the chart's edge, beside the value if there is one.</param>
/// <param name="Hover">Shown on hovering, in place of the numbers.</param>
public readonly record struct DataPoint(
    double X, double Y, double Low = double.NaN, double High = double.NaN, bool Diverged = false, string? Hover = null);
