namespace StepNet.Experiments.Charts;

/// <summary>Charts side by side, with one legend and, unless they say otherwise, the same axes, so that they compare at a glance.</summary>
public sealed record SmallMultiples : Figure
{
    /// <summary>The charts, row by row; their titles stand above them, their other texts are not shown.</summary>
    public required IReadOnlyList<Chart> Panels { get; init; }

    /// <summary>Charts in a row.</summary>
    public int Columns { get; init; } = 3;

    /// <summary>Whether all have one x axis.</summary>
    public bool SharedX { get; init; } = true;

    /// <summary>Whether all have one y axis.</summary>
    public bool SharedY { get; init; } = true;

    /// <summary>Height of a plot between its axes, pixels.</summary>
    public int PlotHeight { get; init; } = 150;

    internal override FigureBody Layout(double width) => new PanelGrid([new AnimationFrame("", Panels)])
    {
        Columns = Columns,
        SharedX = SharedX,
        SharedY = SharedY,
        PlotHeight = PlotHeight,
        Titled = true,
    }.Layout(width);
}
