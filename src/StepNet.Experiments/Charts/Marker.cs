namespace StepNet.Experiments.Charts;

/// <summary>Shapes of points, so that a figure can be read without its colours.</summary>
internal static class Marker
{
    /// <summary>Outlines around the origin, of about the same area.</summary>
    private static readonly string[] Shapes =
    [
        "M-3.6 0A3.6 3.6 0 1 1 3.6 0A3.6 3.6 0 1 1-3.6 0Z",
        "M-3.2-3.2H3.2V3.2H-3.2Z",
        "M0-4.4L4.2 3H-4.2Z",
        "M0-4.6L4.6 0L0 4.6L-4.6 0Z",
        "M0 4.4L4.2-3H-4.2Z",
        "M-1.4-4.2H1.4V-1.4H4.2V1.4H1.4V4.2H-1.4V1.4H-4.2V-1.4H-1.4Z",
    ];

    /// <summary>Draws a point of the series at a place of the palette.</summary>
    internal static void Draw(SvgWriter svg, SeriesStyle style, double x, double y, string? hover) => svg.Hover("path", hover,
        ("class", $"f{style.Colour} halo"), ("d", Shapes[style.Index % Shapes.Length]),
        ("transform", $"translate({SvgWriter.Number(x)} {SvgWriter.Number(y)})"));

    /// <summary>Draws the cross of a training that diverged.</summary>
    internal static void DrawCross(SvgWriter svg, string style, double x, double y, string? hover) => svg.Hover("path", hover,
        ("class", style), ("stroke-width", 2), ("fill", "none"), ("stroke-linecap", "round"),
        ("d", "M-3.5-3.5L3.5 3.5M-3.5 3.5L3.5-3.5"), ("transform", $"translate({SvgWriter.Number(x)} {SvgWriter.Number(y)})"));
}
