namespace StepNet.Experiments.Charts;

/// <summary>A line of the legend.</summary>
/// <param name="Name">What it says.</param>
/// <param name="DrawSample">Draws 24 pixels of it from a point on, centred on it vertically.</param>
internal sealed record LegendEntry(string Name, Action<SvgWriter, double, double> DrawSample);
