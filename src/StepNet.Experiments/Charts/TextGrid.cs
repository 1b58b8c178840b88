namespace StepNet.Experiments.Charts;

/// <summary>Texts in rows and columns: sentences of a data set beside what noise made of them.</summary>
public sealed record TextGrid : Figure
{
    private const double Size = 12, Gap = 18, Pad = 6;

    /// <summary>Names of the columns.</summary>
    public required IReadOnlyList<string> Columns { get; init; }

    /// <summary>Cells, as many in every row as there are columns.</summary>
    public required IReadOnlyList<IReadOnlyList<string>> Rows { get; init; }

    internal override FigureBody Layout(double width)
    {
        if (Columns.Count == 0 || Rows.Any(row => row.Count != Columns.Count))
        {
            throw new ArgumentException($"Text grid '{Title}': rows have {string.Join(", ", Rows.Select(row => row.Count).Distinct())} cells "
                + $"and there are {Columns.Count} columns; give every row as many cells as there are columns.");
        }

        double[] widths = ColumnWidths(width);
        double[] lefts = [.. widths.Select((_, i) => widths[..i].Sum() + (i * Gap))];
        List<(double Top, double Height, TextBlock[] Cells)> rows = [];
        double y = 0;
        foreach ((IReadOnlyList<string> row, bool head) in Rows.Select(row => (row, false)).Prepend((Columns, true)))
        {
            TextBlock[] cells = [.. row.Select((text, i) => new TextBlock([(text, head ? "ink title" : "ink", Size, head)], widths[i]))];
            double height = cells.Max(cell => cell.Height) + (2 * Pad);
            rows.Add((y, height, cells));
            y += height;
        }

        return new FigureBody(y, Draw, $"{Rows.Count} rows of {string.Join(", ", Columns)}.");

        void Draw(SvgWriter svg)
        {
            for (int i = 0; i < rows.Count; i++)
            {
                (double top, double height, TextBlock[] cells) = rows[i];
                for (int column = 0; column < cells.Length; column++)
                {
                    cells[column].Draw(svg, lefts[column], top + Pad);
                }

                svg.Leaf("line", ("class", i == 0 ? "edge" : "grid"), ("x1", 0), ("x2", width), ("y1", top + height), ("y2", top + height));
            }
        }
    }

    // Narrow columns take what they need; the others share the rest.
    private double[] ColumnWidths(double width)
    {
        double[] needed = [.. Columns.Select((name, i) => Math.Max(
            TextMetrics.Width(name, Size, bold: true), Rows.Select(row => TextMetrics.Width(row[i], Size)).DefaultIfEmpty().Max()) + 1)];
        double left = width - ((Columns.Count - 1) * Gap);
        double[] widths = new double[needed.Length];
        foreach ((int place, int column) in Enumerable.Range(0, needed.Length).OrderBy(i => needed[i]).Index())
        {
            widths[column] = Math.Min(needed[column], left / (needed.Length - place));
            left -= widths[column];
        }

        return widths;
    }
}
