namespace StepNet.Experiments.Charts;

/// <summary>
/// Charts that change, over and over, over axes that stay. Where the reader asks for less motion, on paper and in programs that do
/// not animate, the last frame stands still.
/// </summary>
public sealed record Animation : Figure
{
    /// <summary>The moments. Axes, titles of panels and heights are those of the first.</summary>
    public required IReadOnlyList<AnimationFrame> Frames { get; init; }

    /// <summary>How long a frame is seen, seconds.</summary>
    public double SecondsPerFrame { get; init; } = 0.5;

    /// <summary>Charts in a row.</summary>
    public int Columns { get; init; } = 3;

    /// <summary>Height of a plot between its axes, pixels.</summary>
    public int PlotHeight { get; init; } = 260;

    internal override FigureBody Layout(double width) => new PanelGrid(Frames)
    {
        Columns = Columns,
        PlotHeight = PlotHeight,
        Titled = Frames.Any(frame => frame.Panels.Count > 1),
        SecondsPerFrame = SecondsPerFrame,
    }.Layout(width);
}
