namespace StepNet.Experiments.Charts;

/// <summary>Lines, bands, error bars or points over a pair of axes.</summary>
/// <example><code>
/// string svg = new Chart
/// {
///     Title = "Accuracy against depth",
///     X = new Axis("depth", Log: true),
///     Y = new Axis("test accuracy, %"),
///     Series = [Series.Of("h = 0.1", [20, 44, 110], [91.2, 92.0, 92.4])],
/// }.ToSvg();
/// </code></example>
public sealed record Chart : Figure
{
    /// <summary>To the right.</summary>
    public required Axis X { get; init; }

    /// <summary>Upwards.</summary>
    public required Axis Y { get; init; }

    /// <summary>What is drawn, later ones over earlier ones.</summary>
    public required IReadOnlyList<Series> Series { get; init; }

    /// <summary>Height of the plot between its axes, pixels.</summary>
    public int PlotHeight { get; init; } = 300;

    internal override FigureBody Layout(double width) =>
        new PanelGrid([new AnimationFrame("", [this])]) { PlotHeight = PlotHeight }.Layout(width);
}
