using System.Globalization;

namespace StepNet.Experiments.Charts;

/// <summary>Lays out and draws charts in rows and columns, in one frame or in several that follow one another.</summary>
/// <param name="frames">At least one, each with as many charts.</param>
internal sealed class PanelGrid(IReadOnlyList<AnimationFrame> frames)
{
    private const double LabelLine = AxisLayout.LabelSize * TextMetrics.LineHeight, Overhang = 16, TitleSize = 13, WidestTick = 170;

    internal int Columns { get; init; } = 1;

    internal double PlotHeight { get; init; }

    internal bool SharedX { get; init; } = true;

    internal bool SharedY { get; init; } = true;

    /// <summary>Whether a chart's title stands above it.</summary>
    internal bool Titled { get; init; }

    internal double SecondsPerFrame { get; init; }

    private bool IsAnimated => frames.Count > 1;

    /// <summary>Lays the charts out.</summary>
    /// <exception cref="ArgumentException">There are none, frames differ in their number, or an axis is impossible.</exception>
    internal FigureBody Layout(double width)
    {
        Check();
        IReadOnlyList<Chart> panels = frames[0].Panels;
        Dictionary<string, SeriesStyle> styles = Styles();
        int columns = Math.Min(Columns, panels.Count), rows = ((panels.Count - 1) / columns) + 1;

        AxisLayout[] y = [.. panels.Select((panel, i) =>
            AxisLayout.Vertical(panel.Y, Scale.Of(panel.Y, Values(i, SharedY, ValuesOfY), PlotHeight), WidestTick))];
        TextBlock[] yLabels = [.. panels.Select(panel => TextBlock.AxisLabel(panel.Y.Label, PlotHeight))];
        double yBand = y.Max(axis => axis.Size) + yLabels.Max(label => label.Height) + 4;
        double gap = SharedY ? (2 * Overhang) + 2 : yBand + Overhang + 6;
        double plotWidth = Math.Floor((width - yBand - Overhang - ((columns - 1) * gap)) / columns);
        if (plotWidth < 40)
        {
            throw new ArgumentException(
                $"{columns} charts in a row leave {plotWidth:0} pixels to each plot of {width:0}; give the figure more width or fewer columns.");
        }

        AxisLayout[] x = [.. panels.Select((panel, i) =>
            AxisLayout.Horizontal(panel.X, Scale.Of(panel.X, Values(i, SharedX, point => [point.X]), plotWidth), Overhang))];
        TextBlock[] xLabels = [.. panels.Select(panel => TextBlock.AxisLabel(panel.X.Label, SharedX ? width - yBand : plotWidth))];
        TextBlock[] titles = [.. panels.Select(panel => new TextBlock(Titled && panel.Title.Length > 0
            ? [(panel.Title, "ink title", TitleSize, true)]
            : [], plotWidth + Overhang))];
        double titleBand = titles.Max(title => title.Height) + 8;
        double xBand = x.Max(axis => axis.Size) + 4, labelBand = xLabels.Max(label => label.Height) + 2;
        double rowGap = SharedX ? 14 : xBand + labelBand + 8;
        double frameBand = IsAnimated ? LabelLine + 2 : 0;
        double pitch = titleBand + PlotHeight + rowGap;
        double height = frameBand + (rows * pitch) - rowGap + xBand + labelBand;

        return new FigureBody(height, Draw, Describe(panels))
        {
            Legend = [.. LegendEntries(styles)],
            Note = LeftOut(),
            StyleSheet = IsAnimated ? FrameStyle() : "",
        };

        double Left(int i) => yBand + (i % columns * (plotWidth + gap));
        double Bottom(int i) => frameBand + (i / columns * pitch) + titleBand + PlotHeight;

        void Draw(SvgWriter svg)
        {
            for (int i = 0; i < panels.Count; i++)
            {
                bool lowest = i + columns >= panels.Count, first = i % columns == 0;
                titles[i].Draw(svg, Left(i), Bottom(i) - PlotHeight - titleBand);
                x[i].DrawHorizontal(svg, Left(i), Bottom(i) - PlotHeight, Bottom(i), !SharedX || lowest, grid: panels[i].X.Categories is null);
                y[i].DrawVertical(svg, Left(i), Left(i) + plotWidth, Bottom(i), !SharedY || first, grid: panels[i].Y.Categories is null);
                if (!SharedX)
                {
                    xLabels[i].Draw(svg, Left(i) + (plotWidth / 2), Bottom(i) + xBand, centred: true);
                }

                if (!SharedY || first)
                {
                    yLabels[i].DrawTurned(svg, Left(i) - yBand, Bottom(i) - (PlotHeight / 2));
                }
            }

            if (SharedX)
            {
                xLabels[0].Draw(svg, yBand + (((columns * (plotWidth + gap)) - gap) / 2), height - labelBand, centred: true);
            }

            for (int frame = 0; frame < frames.Count; frame++)
            {
                DrawFrame(svg, frame, styles, x, y, Left, Bottom);
            }
        }
    }

    private void DrawFrame(
        SvgWriter svg, int frame, Dictionary<string, SeriesStyle> styles, AxisLayout[] x, AxisLayout[] y, Func<int, double> left, Func<int, double> bottom)
    {
        if (IsAnimated)
        {
            string delay = ((frame - frames.Count) * SecondsPerFrame).ToString("0.###", CultureInfo.InvariantCulture);
            svg.Open("g", ("class", FrameClass), ("visibility", frame == frames.Count - 1 ? null : "hidden"),
                ("style", $"animation-delay:{delay}s"));
            svg.Text(left(0), LabelLine - 4, frames[frame].Label, "ink", AxisLayout.LabelSize);
        }

        for (int i = 0; i < x.Length; i++)
        {
            new PanelMarks(svg, x[i], y[i], left(i), bottom(i)).Draw(
                [.. frames[frame].Panels[i].Series.Select(series => (series, styles[series.Name] with { Dashed = series.Dashed }))]);
        }

        if (IsAnimated)
        {
            svg.Close();
        }
    }

    private IEnumerable<Series> All => frames.SelectMany(frame => frame.Panels).SelectMany(panel => panel.Series);

    private IEnumerable<double> Values(int panel, bool shared, Func<DataPoint, IEnumerable<double>> values) =>
        from frame in frames
        from chart in shared ? frame.Panels : [frame.Panels[panel]]
        from series in chart.Series
        from point in series.Points
        from value in values(point)
        select value;

    private static IEnumerable<double> ValuesOfY(DataPoint point) => [point.Y, point.Low, point.High];

    private Dictionary<string, SeriesStyle> Styles()
    {
        Dictionary<string, SeriesStyle> styles = [];
        int next = 0;
        foreach (Series series in All)
        {
            if (!styles.ContainsKey(series.Name))
            {
                styles[series.Name] = new SeriesStyle(series.Colour ?? next++, series.Dashed);
            }
        }

        return styles;
    }

    private IEnumerable<LegendEntry> LegendEntries(Dictionary<string, SeriesStyle> styles)
    {
        foreach (Series series in All.DistinctBy(series => series.Name).Where(series => series.Name.Length > 0))
        {
            SeriesStyle style = styles[series.Name];
            yield return new LegendEntry(series.Name, (svg, x, y) => DrawSample(svg, series, style, x, y));
        }

        if (All.Any(series => series.Points.Any(point => point.Diverged)))
        {
            yield return new LegendEntry("diverged", (svg, x, y) => Marker.DrawCross(svg, "cross", x + 12, y, hover: null));
        }
    }

    private static void DrawSample(SvgWriter svg, Series series, SeriesStyle style, double x, double y)
    {
        if (series.Spread == Spread.Band && series.Points.Any(point => double.IsFinite(point.Low)))
        {
            svg.Leaf("rect", ("class", $"f{style.Colour}"), ("fill-opacity", 0.2), ("x", x), ("y", y - 6), ("width", 24), ("height", 12));
        }

        if (series.Mark == Mark.Line)
        {
            svg.Leaf("line", ("class", $"l{style.Colour}"), ("stroke-width", 1.8), ("stroke-dasharray", style.Dashes),
                ("x1", x), ("x2", x + 24), ("y1", y), ("y2", y));
        }

        if (PanelMarks.HasMarkers(series))
        {
            Marker.Draw(svg, style, x + 12, y, hover: null);
        }
    }

    // Gaps are shown as gaps; what a logarithmic axis cannot show would look like one, so it is named.
    private string? LeftOut()
    {
        int count = frames.SelectMany(frame => frame.Panels).Sum(panel => panel.Series.Sum(series => series.Points.Count(point =>
            (panel.X.Log && point.X <= 0) || (panel.Y.Log && point.Y <= 0))));
        return count == 0 ? null : $"Not above 0, so not on a logarithmic axis: {count} {(count == 1 ? "value" : "values")}.";
    }

    // One animation for all frames, which differ in their delay; its name holds all that its rules depend on, as a page may hold several.
    private string FrameClass => string.Create(CultureInfo.InvariantCulture, $"stepnet-frames-{frames.Count}-{SecondsPerFrame * 1000:0}");

    private string FrameStyle()
    {
        string shown = (100.0 / frames.Count).ToString("0.####", CultureInfo.InvariantCulture);
        string total = (frames.Count * SecondsPerFrame).ToString("0.###", CultureInfo.InvariantCulture);
        return $"@keyframes {FrameClass}{{0%{{visibility:visible}}{shown}%,100%{{visibility:hidden}}}}"
            + $"@media screen and (prefers-reduced-motion:no-preference){{.{FrameClass}{{animation:{FrameClass} {total}s step-end infinite}}}}";
    }

    private string Describe(IReadOnlyList<Chart> panels)
    {
        string names = string.Join(", ", All.Select(series => series.Name).Where(name => name.Length > 0).Distinct());
        string charts = string.Join("; ", panels.Select(panel =>
            $"{(Titled && panel.Title.Length > 0 ? panel.Title + ": " : "")}{panel.Y.Label} against {panel.X.Label}").Distinct());
        return charts + (names.Length > 0 ? $". Series: {names}." : ".");
    }

    private void Check()
    {
        int panels = frames.Count == 0 ? 0 : frames[0].Panels.Count;
        if (panels == 0 || Columns < 1 || frames.Any(frame => frame.Panels.Count != panels))
        {
            throw new ArgumentException(
                $"A figure needs at least one chart and one column, and every frame as many charts; here are {frames.Count} frames with "
                + $"{string.Join(", ", frames.Select(frame => frame.Panels.Count).Distinct())} charts in {Columns} columns.");
        }
    }
}
