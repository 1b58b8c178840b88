namespace StepNet.Experiments.Charts;

/// <summary>The legend: rows of entries above the plots, wrapped to the width of the figure.</summary>
internal sealed class Legend
{
    private const double Size = 12, Line = Size * TextMetrics.LineHeight, Sample = 30, Gap = 18;

    private readonly List<(LegendEntry Entry, IReadOnlyList<string> Lines, double X, double Y)> _placed = [];

    /// <summary>Places entries.</summary>
    /// <param name="entries">In their order; none gives a legend of no height.</param>
    /// <param name="width">Pixels that there are.</param>
    internal Legend(IEnumerable<LegendEntry> entries, double width)
    {
        double x = 0, y = 0, row = 0;
        foreach (LegendEntry entry in entries)
        {
            IReadOnlyList<string> lines = TextMetrics.Wrap(entry.Name, width - Sample, Size);
            double extent = Sample + lines.Max(line => TextMetrics.Width(line, Size));
            if (x > 0 && x + extent > width)
            {
                (x, y, row) = (0, y + row, 0);
            }

            _placed.Add((entry, lines, x, y));
            x += extent + Gap;
            row = Math.Max(row, (lines.Count * Line) + 2);
        }

        Height = y + row;
    }

    /// <summary>Pixels.</summary>
    internal double Height { get; }

    /// <summary>Draws it with its upper left corner at a point.</summary>
    internal void Draw(SvgWriter svg, double left, double top)
    {
        foreach ((LegendEntry entry, IReadOnlyList<string> lines, double x, double y) in _placed)
        {
            entry.DrawSample(svg, left + x, top + y + (Line / 2));
            for (int i = 0; i < lines.Count; i++)
            {
                svg.Text(left + x + Sample, top + y + (i * Line) + (0.85 * Line) - 1, lines[i], "ink", Size);
            }
        }
    }
}
