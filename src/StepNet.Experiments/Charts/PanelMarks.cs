using System.Globalization;
using System.Text;

namespace StepNet.Experiments.Charts;

/// <summary>Draws the series of one chart into its plot.</summary>
/// <param name="svg">Where to.</param>
/// <param name="x">The x axis.</param>
/// <param name="y">The y axis.</param>
/// <param name="left">Left edge of the plot.</param>
/// <param name="bottom">Lower edge of the plot.</param>
internal sealed class PanelMarks(SvgWriter svg, AxisLayout x, AxisLayout y, double left, double bottom)
{
    // More points than this are not told apart, so that they go without markers, and at last without hover texts of their own.
    private const int MostMarkers = 30, MostHovers = 250;

    /// <summary>Draws series, bands below lines below markers.</summary>
    internal void Draw(IReadOnlyList<(Series Series, SeriesStyle Style)> all)
    {
        // A nested picture cuts off what an axis with a fixed end leaves out, without identifiers that a page would have to keep apart.
        svg.Open("svg", ("x", left), ("y", bottom - y.Scale.Length), ("width", x.Scale.Length), ("height", y.Scale.Length),
            ("viewBox", $"{N(left)} {N(bottom - y.Scale.Length)} {N(x.Scale.Length)} {N(y.Scale.Length)}"));
        foreach ((Series series, SeriesStyle style) in all.Where(entry => entry.Series.Spread == Spread.Band))
        {
            DrawBand(series, style);
        }

        foreach ((Series series, SeriesStyle style) in all)
        {
            if (series.Spread == Spread.ErrorBars)
            {
                DrawErrorBars(series, style);
            }

            if (series.Mark == Mark.Line)
            {
                DrawLine(series, style);
            }
        }

        svg.Close();
        foreach ((Series series, SeriesStyle style) in all)
        {
            DrawPoints(series, style);
        }

        DrawDiverged(all);
    }

    /// <summary>Whether the points of a series have markers; what is dashed, a bound for instance, was not measured anywhere.</summary>
    internal static bool HasMarkers(Series series) =>
        series.Mark == Mark.Scatter || (!series.Dashed && series.Points.Count <= MostMarkers);

    private static string N(double number) => SvgWriter.Number(number);

    private double X(double value) => left + x.Scale.Map(value);

    // So far outside, the place makes no difference to be seen, but hundreds of digits do; what is not above 0 lies below every
    // logarithmic axis.
    private double Y(double value) => y.Scale.Log && value <= 0
        ? bottom + 1e4
        : bottom - Math.Clamp(y.Scale.Map(value), -1e6, 1e6);

    private bool IsShown(DataPoint point) => Scale.Shows(point.X, x.Scale.Log) && Scale.Shows(point.Y, y.Scale.Log);

    private static bool HasSpread(DataPoint point) => double.IsFinite(point.Low) && double.IsFinite(point.High);

    private void DrawBand(Series series, SeriesStyle style)
    {
        foreach (List<DataPoint> run in Runs(series, point => IsShown(point) && HasSpread(point)))
        {
            // A point alone has no width to show its spread in.
            (double At, DataPoint Point)[] edge = run.Count == 1
                ? [(X(run[0].X) - 5, run[0]), (X(run[0].X) + 5, run[0])]
                : [.. run.Select(point => (X(point.X), point))];
            IEnumerable<string> outline = edge.Select(end => $"{N(end.At)} {N(Y(end.Point.High))}")
                .Concat(edge.Reverse().Select(end => $"{N(end.At)} {N(Y(end.Point.Low))}"));
            svg.Leaf("path", ("class", $"f{style.Colour}"), ("fill-opacity", 0.2), ("d", $"M{string.Join('L', outline)}Z"));
        }
    }

    private void DrawErrorBars(Series series, SeriesStyle style)
    {
        StringBuilder path = new();
        foreach (DataPoint point in series.Points.Where(point => IsShown(point) && HasSpread(point)))
        {
            double at = X(point.X), low = Y(point.Low), high = Y(point.High);
            path.Append(CultureInfo.InvariantCulture,
                $"M{N(at)} {N(low)}V{N(high)}M{N(at - 4)} {N(low)}H{N(at + 4)}M{N(at - 4)} {N(high)}H{N(at + 4)}");
        }

        if (path.Length > 0)
        {
            svg.Leaf("path", ("class", $"l{style.Colour}"), ("stroke-width", 1.5), ("fill", "none"), ("d", path.ToString()));
        }
    }

    private void DrawLine(Series series, SeriesStyle style)
    {
        IEnumerable<string> runs = Runs(series, IsShown).Select(run =>
            "M" + string.Join('L', Decimated(run).Select(point => $"{N(X(point.X))} {N(Y(point.Y))}")));
        string path = string.Concat(runs);
        if (path.Length > 0)
        {
            svg.Hover("path", series.Name.Length > 0 ? series.Name : null, ("class", $"l{style.Colour}"), ("fill", "none"),
                ("stroke-width", 1.8), ("stroke-linejoin", "round"), ("stroke-dasharray", style.Dashes), ("d", path));
        }
    }

    private void DrawPoints(Series series, SeriesStyle style)
    {
        DataPoint[] shown = [.. series.Points.Where(point => IsShown(point) && x.Scale.Contains(point.X) && y.Scale.Contains(point.Y))];
        bool lonely = Runs(series, IsShown).Any(run => run.Count == 1);
        if (shown.Length > MostHovers)
        {
            if (series.Mark == Mark.Scatter)
            {
                // One path of dots: a line of no length with round ends.
                svg.Leaf("path", ("class", $"l{style.Colour}"), ("stroke-width", 4), ("stroke-linecap", "round"), ("stroke-opacity", 0.7),
                    ("d", string.Concat(shown.Select(point => $"M{N(X(point.X))} {N(Y(point.Y))}h0"))));
            }

            return;
        }

        bool marked = HasMarkers(series) || lonely;
        foreach (DataPoint point in shown)
        {
            string hover = point.Hover ?? Describe(series, point);
            if (marked)
            {
                Marker.Draw(svg, style, X(point.X), Y(point.Y), hover);
            }
            else
            {
                svg.Hover("circle", hover, ("cx", X(point.X)), ("cy", Y(point.Y)), ("r", 4), ("fill-opacity", 0));
            }
        }
    }

    // Crosses of several series at one x stand side by side.
    private void DrawDiverged(IReadOnlyList<(Series Series, SeriesStyle Style)> all)
    {
        double at = y.Axis.LessIsBetter ? bottom - y.Scale.Length + 7 : bottom - 7;
        var diverged = from entry in all
                       from point in entry.Series.Points
                       where point.Diverged && x.Scale.Contains(point.X)
                       group (entry.Series, entry.Style, point) by point.X;
        double[] places = [.. diverged.Select(together => X(together.Key)).Order()];
        foreach (var together in diverged)
        {
            // Not as far as the next x has its own.
            double room = places.Zip(places.Skip(1), (a, b) => b - a).DefaultIfEmpty(x.Scale.Length).Min();
            double spacing = Math.Min(11, room / together.Count()), place = X(together.Key) - (spacing * (together.Count() - 1) / 2.0);
            foreach ((Series series, SeriesStyle style, DataPoint point) in together)
            {
                Marker.DrawCross(svg, $"l{style.Colour}", place, at,
                    point.Hover ?? $"{series.Name}: diverged at {x.Axis.Label} {Name(x.Axis, point.X)}");
                place += spacing;
            }
        }
    }

    private string Describe(Series series, DataPoint point)
    {
        string spread = HasSpread(point) ? $" ({NumberFormat.Value(point.Low)} to {NumberFormat.Value(point.High)})" : "";
        string name = series.Name.Length > 0 ? $"{series.Name}: " : "";
        return $"{name}{x.Axis.Label} {Name(x.Axis, point.X)}, {y.Axis.Label} {Name(y.Axis, point.Y)}{spread}";
    }

    private static string Name(Axis axis, double value) =>
        axis.Categories is { } names && value >= 0 && value < names.Count ? names[(int)value] : NumberFormat.Value(value);

    private static IEnumerable<List<DataPoint>> Runs(Series series, Func<DataPoint, bool> shown)
    {
        List<DataPoint> run = [];
        foreach (DataPoint point in series.Points)
        {
            if (shown(point))
            {
                run.Add(point);
            }
            else if (run.Count > 0)
            {
                yield return run;
                run = [];
            }
        }

        if (run.Count > 0)
        {
            yield return run;
        }
    }

    // Of a line with many points to a pixel, the first, least, greatest and last of every stretch within a pixel draw the same picture.
    private IEnumerable<DataPoint> Decimated(List<DataPoint> run)
    {
        if (run.Count <= 4 * x.Scale.Length)
        {
            return run;
        }

        List<List<(int Index, DataPoint Item)>> columns = [];
        int last = int.MinValue;
        foreach ((int Index, DataPoint Item) entry in run.Index())
        {
            int column = (int)X(entry.Item.X);
            if (column != last)
            {
                columns.Add([]);
            }

            last = column;
            columns[^1].Add(entry);
        }

        return columns.SelectMany(column => new[] { column[0], column.MinBy(entry => entry.Item.Y), column.MaxBy(entry => entry.Item.Y), column[^1] }
            .DistinctBy(entry => entry.Index).OrderBy(entry => entry.Index)).Select(entry => entry.Item);
    }
}
