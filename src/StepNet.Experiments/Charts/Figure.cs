namespace StepNet.Experiments.Charts;

/// <summary>
/// A picture with a title, as SVG: the same figure gives the same bytes. No text touches another or leaves the picture, whatever
/// the font; the legend stands outside of the plots.
/// </summary>
public abstract record Figure
{
    private const double Margin = 14, TitleSize = 16, SubtitleSize = 13, NoteSize = 11.5;

    /// <summary>What the figure shows, in a line or two.</summary>
    public required string Title { get; init; }

    /// <summary>Below the title: the setting, what lines and bands are.</summary>
    public string? Subtitle { get; init; }

    /// <summary>Below the picture: source, what was left out.</summary>
    public string? Note { get; init; }

    /// <summary>The figure in words, for readers who do not see it; null: titles of axes and names of series.</summary>
    public string? Description { get; init; }

    /// <summary>Width, pixels. The height follows from the content.</summary>
    public int Width { get; init; } = 640;

    /// <summary>Light or dark.</summary>
    public Theme Theme { get; init; }

    /// <summary>The figure as an SVG element: a file of its own, or a part of an HTML page.</summary>
    /// <exception cref="ArgumentException">The figure cannot be drawn as it is; the message says why.</exception>
    public string ToSvg()
    {
        if (Width < 200)
        {
            throw new ArgumentException($"Figure '{Title}' is {Width} pixels wide; give it 200 or more.");
        }

        double inner = Width - (2 * Margin);
        FigureBody body = Layout(inner);
        Legend legend = new(body.Legend, inner);
        string[] notes = [.. new[] { Note, body.Note }.OfType<string>()];
        TextBlock head = new(
            [(Title, "ink title", TitleSize, true), .. Subtitle is null ? [] : new[] { (Subtitle, "soft", SubtitleSize, false) }], inner);
        TextBlock foot = new([.. notes.Select(note => (note, "soft", NoteSize, false))], inner);
        double legendTop = Margin + head.Height + 6;
        double bodyTop = legendTop + legend.Height + (legend.Height > 0 ? 6 : 0);
        double footTop = bodyTop + body.Height + (notes.Length > 0 ? 8 : 0);
        double height = Math.Ceiling(footTop + foot.Height + Margin);

        SvgWriter svg = new();
        svg.Open("svg",
            ("xmlns", "http://www.w3.org/2000/svg"), ("class", Palette.ScopeOf(Theme)), ("role", "img"),
            ("viewBox", $"0 0 {Width} {SvgWriter.Number(height)}"), ("width", Width), ("height", height),
            ("font-family", "'Helvetica Neue', Helvetica, Arial, 'Liberation Sans', 'DejaVu Sans', sans-serif"),
            ("style", "max-width:100%;height:auto"));
        svg.Element("title", Title);
        svg.Element("desc", Description ?? body.Description);
        svg.Style(Palette.StyleSheet(Theme) + $".{Palette.ScopeOf(Theme)} .title{{font-weight:600}}" + body.StyleSheet);
        svg.Leaf("rect", ("class", "paper"), ("width", Width), ("height", height));
        head.Draw(svg, Margin, Margin);
        legend.Draw(svg, Margin, legendTop);
        svg.Open("g", ("transform", $"translate({SvgWriter.Number(Margin)} {SvgWriter.Number(bodyTop)})"));
        body.Draw(svg);
        svg.Close();
        foot.Draw(svg, Margin, footTop);
        svg.Close();
        return svg.ToString();
    }

    /// <summary>Lays out what stands between the legend and the note.</summary>
    /// <param name="width">Pixels that there are.</param>
    internal abstract FigureBody Layout(double width);
}
