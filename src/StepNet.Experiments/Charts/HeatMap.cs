namespace StepNet.Experiments.Charts;

/// <summary>One number for every pair of two settings, as a colour.</summary>
/// <example><code>
/// string svg = new HeatMap
/// {
///     Title = "Step factor against learning rate",
///     X = new Axis("learning rate") { Categories = ["0.1", "0.2", "0.4"] },
///     Y = new Axis("step factor h") { Categories = ["0.1", "1"] },
///     Value = new Axis("test accuracy, %"),
///     Values = [[91.2, 91.4, 90.9], [91.0, 88.1, double.PositiveInfinity]],
/// }.ToSvg();
/// </code></example>
public sealed record HeatMap : Figure
{
    private const double BarWidth = 14, BarGap = 20, Overhang = 10;
    private const int BarSteps = 64;

    /// <summary>To the right; <see cref="Axis.Categories"/> name the columns.</summary>
    public required Axis X { get; init; }

    /// <summary>Upwards; <see cref="Axis.Categories"/> name the rows, the first at the bottom.</summary>
    public required Axis Y { get; init; }

    /// <summary>What the colours count.</summary>
    public required Axis Value { get; init; }

    /// <summary>Row by row, as many rows and columns as there are names; infinite: diverged, marked with a cross; NaN: no value.</summary>
    public required IReadOnlyList<IReadOnlyList<double>> Values { get; init; }

    /// <summary>Which colours.</summary>
    public ColourScale Colours { get; init; }

    /// <summary>Whether cells show their numbers, where they have room for them.</summary>
    public bool ShowValues { get; init; } = true;

    /// <summary>Height of all cells together, pixels; null: from the number of rows.</summary>
    public int? PlotHeight { get; init; }

    internal override FigureBody Layout(double width)
    {
        (IReadOnlyList<string> columns, IReadOnlyList<string> rows) = Names();
        double plotHeight = PlotHeight ?? Math.Clamp(rows.Count * 34, 120, 420);
        Scale colours = Scale.Of(Range(), All, plotHeight);
        AxisLayout bar = AxisLayout.Vertical(Value, colours, widest: 100);
        AxisLayout y = AxisLayout.Vertical(Y, Scale.Of(Y, [], plotHeight), widest: width / 4);
        TextBlock yLabel = TextBlock.AxisLabel(Y.Label, plotHeight), barLabel = TextBlock.AxisLabel(Value.Label, plotHeight);
        double left = y.Size + yLabel.Height + 4;
        double plotWidth = Math.Floor(width - left - BarGap - BarWidth - bar.Size - barLabel.Height - 4);
        if (plotWidth < 40)
        {
            throw new ArgumentException($"Heat map '{Title}': names and colour bar leave {plotWidth:0} pixels of {width:0} to the cells; give it more width.");
        }

        AxisLayout x = AxisLayout.Horizontal(X, Scale.Of(X, [], plotWidth), Overhang);
        TextBlock xLabel = TextBlock.AxisLabel(X.Label, plotWidth);
        const double top = 8;
        double bottom = top + plotHeight, height = bottom + x.Size + 4 + xLabel.Height;

        return new FigureBody(height, Draw, $"{Value.Label} by {X.Label} and {Y.Label}.")
        {
            Legend = [.. LegendEntries()],
        };

        void Draw(SvgWriter svg)
        {
            double cellWidth = plotWidth / columns.Count, cellHeight = plotHeight / rows.Count;
            double size = Math.Min(11, cellHeight * 0.6);
            bool labelled = ShowValues && size >= 8
                && All.Where(IsShown).All(value => TextMetrics.Width(NumberFormat.Value(value), size) <= cellWidth - 6);
            // Smoothed edges would leave seams between neighbours.
            svg.Open("g", ("shape-rendering", "crispEdges"));
            ForEachCell((row, column, x, y, value) =>
            {
                string said = IsShown(value) ? $"{Value.Label} {NumberFormat.Value(value)}" : double.IsInfinity(value) ? "diverged"
                    : double.IsNaN(value) ? "no value" : $"{NumberFormat.Value(value)}, which a logarithmic scale does not show";
                svg.Hover("rect", $"{X.Label} {columns[column]}, {Y.Label} {rows[row]}: {said}",
                    ("class", IsShown(value) ? null : "void"), ("fill", IsShown(value) ? Palette.Colour(Colours, Place(value)) : null),
                    ("x", x - (cellWidth / 2)), ("y", y - (cellHeight / 2)), ("width", cellWidth), ("height", cellHeight));
            });
            svg.Close();
            ForEachCell((_, _, x, y, value) =>
            {
                if (double.IsInfinity(value))
                {
                    Marker.DrawCross(svg, "cross", x, y, hover: null);
                }
                else if (labelled && IsShown(value))
                {
                    string style = Palette.IsBright(Colours, Place(value)) ? "on-bright" : "on-dark";
                    svg.Text(x, y + (0.35 * size), NumberFormat.Value(value), style, size, "middle");
                }
            });

            x.DrawHorizontal(svg, left, top, bottom, labels: true, grid: false);
            y.DrawVertical(svg, left, left + plotWidth, bottom, labels: true, grid: false);
            xLabel.Draw(svg, left + (plotWidth / 2), bottom + x.Size + 4, centred: true);
            yLabel.DrawTurned(svg, 0, top + (plotHeight / 2));
            DrawBar(svg, bar, left + plotWidth + BarGap, bottom);
            barLabel.DrawTurned(svg, width - barLabel.Height, top + (plotHeight / 2));

            double Place(double value) => colours.Map(value) / plotHeight;

            void ForEachCell(Action<int, int, double, double, double> draw)
            {
                for (int row = 0; row < rows.Count; row++)
                {
                    for (int column = 0; column < columns.Count; column++)
                    {
                        draw(row, column, left + ((column + 0.5) * cellWidth), bottom - ((row + 0.5) * cellHeight), Values[row][column]);
                    }
                }
            }
        }
    }

    private IEnumerable<double> All => Values.SelectMany(row => row);

    private bool IsShown(double value) => Scale.Shows(value, Value.Log);

    private IEnumerable<LegendEntry> LegendEntries()
    {
        if (All.Any(double.IsInfinity))
        {
            yield return new LegendEntry("diverged", (svg, x, y) => Marker.DrawCross(svg, "cross", x + 12, y, hover: null));
        }

        if (All.Any(value => !IsShown(value) && !double.IsInfinity(value)))
        {
            yield return new LegendEntry(All.Any(double.IsNaN) ? "no value" : "0 or less", (svg, x, y) =>
                svg.Leaf("rect", ("class", "void"), ("x", x), ("y", y - 6), ("width", 24), ("height", 12)));
        }
    }

    private void DrawBar(SvgWriter svg, AxisLayout bar, double left, double bottom)
    {
        double step = bar.Scale.Length / BarSteps;
        svg.Open("g", ("shape-rendering", "crispEdges"));
        for (int i = 0; i < BarSteps; i++)
        {
            svg.Leaf("rect", ("fill", Palette.Colour(Colours, (i + 0.5) / BarSteps)), ("x", left), ("width", BarWidth),
                ("y", bottom - ((i + 1) * step)), ("height", step));
        }

        svg.Close();
        bar.DrawRight(svg, left + BarWidth, bottom);
    }

    // Colours are to reach from the least to the greatest value; differences as far below 0 as above.
    private Axis Range()
    {
        double[] shown = [.. All.Where(IsShown)];
        if (shown.Length == 0)
        {
            return Value;
        }

        double reach = shown.Max(Math.Abs);
        return Colours == ColourScale.Diverging && reach > 0
            ? Value with { Minimum = Value.Minimum ?? -reach, Maximum = Value.Maximum ?? reach }
            : shown.Min() < shown.Max() ? Value with { Minimum = Value.Minimum ?? shown.Min(), Maximum = Value.Maximum ?? shown.Max() } : Value;
    }

    private (IReadOnlyList<string> Columns, IReadOnlyList<string> Rows) Names() =>
        X.Categories is { Count: > 0 } columns && Y.Categories is { Count: > 0 } rows
        && Values.Count == rows.Count && Values.All(row => row.Count == columns.Count)
            ? (columns, rows)
            : throw new ArgumentException($"Heat map '{Title}': {Values.Count} rows of {string.Join(", ", Values.Select(row => row.Count).Distinct())} values, "
                + $"{Y.Categories?.Count ?? 0} names of rows and {X.Categories?.Count ?? 0} of columns; give both axes as many categories as there are values.");
}
