namespace StepNet.Experiments.Charts;

/// <summary>Paragraphs, wrapped to a width.</summary>
internal sealed class TextBlock
{
    private readonly List<(string Line, string Style, double Size)> _lines = [];

    /// <param name="paragraphs">Texts with the class of their style and font size.</param>
    /// <param name="width">Pixels that there are.</param>
    internal TextBlock(IEnumerable<(string Text, string Style, double Size, bool Bold)> paragraphs, double width)
    {
        foreach ((string text, string style, double size, bool bold) in paragraphs)
        {
            _lines.AddRange(TextMetrics.Wrap(text, width, size, bold).Select(line => (line, style, size)));
        }

        Height = _lines.Sum(line => line.Size * TextMetrics.LineHeight);
    }

    /// <summary>The label of an axis of some length.</summary>
    internal static TextBlock AxisLabel(string text, double length) => new([(text, "ink", AxisLayout.LabelSize, false)], length);

    /// <summary>Pixels.</summary>
    internal double Height { get; }

    /// <summary>Draws it from a point on: to the right, or centred on it.</summary>
    internal void Draw(SvgWriter svg, double x, double top, bool centred = false)
    {
        foreach ((string line, string style, double size) in _lines)
        {
            if (line.Length > 0)
            {
                svg.Text(x, top + (0.98 * size), line, style, size, centred ? "middle" : "start");
            }

            top += size * TextMetrics.LineHeight;
        }
    }

    /// <summary>Draws it reading upwards, its left edge at <paramref name="x"/> and centred on a height.</summary>
    internal void DrawTurned(SvgWriter svg, double x, double y)
    {
        svg.Open("g", ("transform", $"translate({SvgWriter.Number(x)} {SvgWriter.Number(y)}) rotate(-90)"));
        Draw(svg, 0, 0, centred: true);
        svg.Close();
    }
}
