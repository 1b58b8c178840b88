using StepNet.Experiments.Charts;
using StepNet.Experiments.Studies;

namespace StepNet.Experiments.Runs;

/// <summary>Curves of runs.</summary>
internal static class RunCharts
{
    private const int MostPoints = 600;

    /// <summary>Columns of one run in one chart; null where none of them has a number.</summary>
    internal static Chart? Of(CsvTable table, string title, Axis x, string place, Axis y, params (string Column, string Name)[] columns)
    {
        Series[] series = [.. columns.Select(one => Line(one.Name, table, place, one.Column, y)).OfType<Series>()];
        return series.Length == 0 ? null : new Chart { Title = title, X = x, Y = y, Series = series, Width = 720 };
    }

    /// <summary>One column of several runs in one chart; null where none of them has a number.</summary>
    internal static Chart? Of(IReadOnlyList<(string Name, CsvTable Table)> runs, string title, Axis x, string place, Axis y, string column)
    {
        Series[] series = [.. runs.Select(run => Line(run.Name, run.Table, place, column, y)).OfType<Series>()];
        return series.Length == 0 ? null : new Chart { Title = title, X = x, Y = y, Series = series, Width = 720 };
    }

    // Shares become percent. Of long tables the least, greatest and last of every few rows are drawn, so that no peak is lost, and each
    // row where numbers stop being finite, so that no line crosses them.
    private static Series? Line(string name, CsvTable table, string place, string column, Axis y)
    {
        (double X, double Y)[] points = RunRecord.Points(table, place, column);
        int every = Math.Max((points.Length + MostPoints - 1) / MostPoints, 1);
        double scale = y.Label.EndsWith('%') ? 100 : 1;
        (double X, double Y)[] drawn = every == 1 ? points : [points[0], .. points.Skip(1).Chunk(3 * every).SelectMany(Extremes)];
        return !drawn.Any(point => double.IsFinite(point.Y)) ? null : Series.Of(name, [.. drawn.Select(point => point.X)], [.. drawn.Select(point => scale * point.Y)]);
    }

    private static IEnumerable<(double X, double Y)> Extremes((double X, double Y)[] rows)
    {
        (double X, double Y)[] finite = [.. rows.Where(row => double.IsFinite(row.Y))];
        (double X, double Y)[] extremes = finite.Length == 0 ? [] : [finite.MinBy(row => row.Y), finite.MaxBy(row => row.Y)];
        return extremes.Concat(rows.Where((row, i) => !double.IsFinite(row.Y) && (i == 0 || double.IsFinite(rows[i - 1].Y))))
            .Append(rows[^1]).Distinct().OrderBy(row => row.X);
    }
}
