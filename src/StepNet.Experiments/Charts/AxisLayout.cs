namespace StepNet.Experiments.Charts;

/// <summary>An axis with the ticks chosen that its length has room for: no two labels touch.</summary>
internal sealed class AxisLayout
{
    /// <summary>Font sizes of tick labels and of the axis label, pixels.</summary>
    internal const double TickSize = 12, LabelSize = 13;

    /// <summary>Pixels from the axis to the labels of its ticks.</summary>
    internal const double Offset = 9;

    // Letters reach over 1.17 font sizes across a line.
    private const double Gap = 8, LongestTurned = 130, Upright = 1.18 * TickSize;

    private readonly IReadOnlyList<Tick> _ticks;
    private readonly bool _turned;

    private AxisLayout(Axis axis, Scale scale, IReadOnlyList<Tick> ticks, bool turned, double size) =>
        (Axis, Scale, _ticks, _turned, Size) = (axis, scale, ticks, turned, size);

    /// <summary>What it is a layout of.</summary>
    internal Axis Axis { get; }

    /// <summary>From values to pixels.</summary>
    internal Scale Scale { get; }

    /// <summary>Pixels that the tick labels take across the axis, with their distance from it.</summary>
    internal double Size { get; }

    /// <summary>Labels of the ticks, in order.</summary>
    internal IEnumerable<string> Labels => _ticks.Where(tick => tick.Label.Length > 0).Select(tick => tick.Label);

    /// <summary>An x axis. Names that do not fit side by side are turned upright.</summary>
    /// <param name="axis">The axis.</param>
    /// <param name="scale">Over the width of the plot.</param>
    /// <param name="overhang">Pixels that a label may stand out over either end.</param>
    internal static AxisLayout Horizontal(Axis axis, Scale scale, double overhang)
    {
        double Width(string label) => TextMetrics.Width(label, TickSize);
        double line = TickSize * TextMetrics.LineHeight;
        IReadOnlyList<Tick>[] candidates = [.. Candidates(axis, scale, (int)(scale.Length / 60))];
        IReadOnlyList<Tick>? level = candidates.FirstOrDefault(ticks => Fits(ticks, scale, Width, overhang));
        if (level is not null || axis.Categories is null)
        {
            return new AxisLayout(axis, scale, level ?? Thinned(candidates[0], scale, Width, overhang), turned: false, Offset + line);
        }

        IReadOnlyList<Tick> upright = Thinned(candidates[0], scale, _ => Upright - Gap, overhang);
        double longest = upright.Max(tick => Width(tick.Label));
        return new AxisLayout(axis, scale, upright, turned: true, Offset + Math.Min(longest, LongestTurned));
    }

    /// <summary>A y axis.</summary>
    /// <param name="axis">The axis.</param>
    /// <param name="scale">Over the height of the plot, from its lower edge.</param>
    /// <param name="widest">Longer labels are shortened to so many pixels.</param>
    internal static AxisLayout Vertical(Axis axis, Scale scale, double widest)
    {
        static double Height(string label) => (TickSize * TextMetrics.LineHeight) - Gap + 2;
        IReadOnlyList<Tick>[] candidates = [.. Candidates(axis, scale, (int)(scale.Length / 40))];
        IReadOnlyList<Tick> ticks = candidates.FirstOrDefault(ticks => Fits(ticks, scale, Height, TickSize))
            ?? Thinned(candidates[0], scale, Height, TickSize);
        double longest = ticks.Select(tick => TextMetrics.Width(tick.Label, TickSize)).DefaultIfEmpty().Max();
        return new AxisLayout(axis, scale, ticks, turned: false, Offset + Math.Min(longest, widest));
    }

    /// <summary>Draws an x axis along the lower edge of a plot.</summary>
    /// <param name="svg">Where to.</param>
    /// <param name="left">Left edge of the plot.</param>
    /// <param name="top">Upper edge of the plot.</param>
    /// <param name="bottom">Lower edge of the plot.</param>
    /// <param name="labels">Whether ticks have their labels here, or below another plot.</param>
    /// <param name="grid">Whether lines cross the plot at labelled ticks.</param>
    internal void DrawHorizontal(SvgWriter svg, double left, double top, double bottom, bool labels, bool grid)
    {
        foreach (Tick tick in _ticks)
        {
            double x = left + Scale.Map(tick.Value);
            bool major = tick.Label.Length > 0;
            if (major && grid)
            {
                svg.Leaf("line", ("class", "grid"), ("x1", x), ("x2", x), ("y1", top), ("y2", bottom));
            }

            svg.Leaf("line", ("class", "edge"), ("x1", x), ("x2", x), ("y1", bottom), ("y2", bottom + (major ? 5 : 3)));
            if (!major || !labels)
            {
                continue;
            }

            string shown = _turned ? TextMetrics.Shorten(tick.Label, Size - Offset, TickSize) : tick.Label;
            double baseline = bottom + Offset + (_turned ? 0 : 0.95 * TickSize);
            svg.Text(_turned ? x + (0.35 * TickSize) : x, baseline, shown, "ink", TickSize, _turned ? "end" : "middle", _turned,
                shown == tick.Label ? null : tick.Label);
        }

        svg.Leaf("line", ("class", "edge"), ("x1", left), ("x2", left + Scale.Length), ("y1", bottom), ("y2", bottom));
    }

    /// <summary>Draws a y axis along the left edge of a plot; arguments as for <see cref="DrawHorizontal"/>.</summary>
    internal void DrawVertical(SvgWriter svg, double left, double right, double bottom, bool labels, bool grid)
    {
        foreach (Tick tick in _ticks)
        {
            double y = bottom - Scale.Map(tick.Value);
            bool major = tick.Label.Length > 0;
            if (major && grid)
            {
                svg.Leaf("line", ("class", "grid"), ("x1", left), ("x2", right), ("y1", y), ("y2", y));
            }

            svg.Leaf("line", ("class", "edge"), ("x1", left - (major ? 5 : 3)), ("x2", left), ("y1", y), ("y2", y));
            if (major && labels)
            {
                string shown = TextMetrics.Shorten(tick.Label, Size - Offset + 0.01, TickSize);
                svg.Text(left - Offset, y + (0.35 * TickSize), shown, "ink", TickSize, "end", hover: shown == tick.Label ? null : tick.Label);
            }
        }

        svg.Leaf("line", ("class", "edge"), ("x1", left), ("x2", left), ("y1", bottom - Scale.Length), ("y2", bottom));
    }

    /// <summary>Draws a y axis whose labels stand on its right, that of a colour bar.</summary>
    internal void DrawRight(SvgWriter svg, double x, double bottom)
    {
        foreach (Tick tick in _ticks.Where(tick => tick.Label.Length > 0))
        {
            double y = bottom - Scale.Map(tick.Value);
            svg.Leaf("line", ("class", "edge"), ("x1", x), ("x2", x + 4), ("y1", y), ("y2", y));
            svg.Text(x + Offset, y + (0.35 * TickSize), tick.Label, "ink", TickSize);
        }
    }

    private static IEnumerable<IReadOnlyList<Tick>> Candidates(Axis axis, Scale scale, int most)
    {
        if (axis.Categories is { } names)
        {
            return [[.. names.Select((name, i) => new Tick(i, name))]];
        }

        if (axis.Ticks is not { } values)
        {
            return TickMarks.Candidates(scale.Low, scale.High, scale.Log, most);
        }

        return [[.. values.Where(scale.Contains).Order().Select(value => new Tick(value, NumberFormat.Value(value)))]];
    }

    private static bool Fits(IReadOnlyList<Tick> ticks, Scale scale, Func<string, double> extent, double overhang) =>
        Thinned(ticks, scale, extent, overhang).Count == ticks.Count;

    // From the beginning, whatever does not touch the label before it.
    private static List<Tick> Thinned(IReadOnlyList<Tick> ticks, Scale scale, Func<string, double> extent, double overhang)
    {
        List<Tick> kept = [];
        double free = -overhang;
        foreach (Tick tick in ticks)
        {
            if (tick.Label.Length == 0)
            {
                kept.Add(tick);
                continue;
            }

            double half = extent(tick.Label) / 2, at = scale.Map(tick.Value);
            if (at - half >= free && at + half <= scale.Length + overhang)
            {
                kept.Add(tick);
                free = at + half + Gap;
            }
        }

        return kept;
    }
}
