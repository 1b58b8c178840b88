using System.Globalization;
using System.Xml.Linq;
using StepNet.Experiments.Charts;
using StepNet.Experiments.Runs;
using StepNet.Experiments.Studies;

namespace StepNet.Tests.Experiments.Runs;

/// <summary>Curves of runs: gaps where numbers were lost, and peaks that thinning keeps.</summary>
public sealed class RunChartsTests
{
    private static readonly XNamespace s_svg = "http://www.w3.org/2000/svg";

    // An empty cell is a row that was not measured; NaN was, and the line ends there.
    [Fact]
    public void Of_RowsThatAreNotFiniteOrEmpty_BreakTheLineOnlyWhereNotFinite()
    {
        CsvTable table = new(["epoch", "loss"], [["1", "1"], ["2", "2"], ["3", "NaN"], ["4", "3"], ["5", ""], ["6", "4"], ["7", "Infinity"], ["8", "5"], ["9", "6"]]);

        Chart chart = RunCharts.Of(table, "Loss", new Axis("epoch"), "epoch", new Axis("loss"), ("loss", ""))!;

        (double, double)[] expected = [(1, 1), (2, 2), (3, double.NaN), (4, 3), (6, 4), (7, double.PositiveInfinity), (8, 5), (9, 6)];
        Assert.Equal(expected, Assert.Single(chart.Series).Points.Select(point => (point.X, point.Y)));
        Assert.Equal(3, Line(chart).Count(letter => letter == 'M'));
    }

    // Every ninth row alone, from the first on, has none of the three.
    [Theory]
    [InlineData(4)]
    [InlineData(2345)]
    [InlineData(4998)]
    public void Of_FiveThousandRows_KeepsPeakTroughAndLast(int peak)
    {
        double[] loss = [.. Enumerable.Range(0, 5000).Select(i => Math.Sin(i))];
        int trough = (peak + 1701) % 5000;
        (loss[peak], loss[trough], loss[4999]) = (50, -50, 0.125);

        (double X, double Y)[] drawn = [.. Assert.Single(Of(loss).Series).Points.Select(point => (point.X, point.Y))];

        Assert.Equal((peak, 50), drawn.MaxBy(point => point.Y));
        Assert.Equal((trough, -50), drawn.MinBy(point => point.Y));
        Assert.Equal((4999, 0.125), drawn[^1]);
        Assert.InRange(drawn.Length, 300, 600);
        Assert.All(drawn.Zip(drawn.Skip(1)), pair => Assert.True(pair.First.X < pair.Second.X, $"{pair}"));
    }

    [Theory]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    [InlineData(double.NegativeInfinity)]
    public void Of_OneOfFiveThousandRowsIsNotFinite_BreaksTheLineThere(double lost)
    {
        double[] loss = [.. Enumerable.Range(0, 5000).Select(i => Math.Sin(i))];
        (loss[2345], loss[2710]) = (50, lost);

        Chart chart = Of(loss);

        DataPoint[] drawn = [.. Assert.Single(chart.Series).Points];
        Assert.Equal([2710.0], drawn.Where(point => !double.IsFinite(point.Y)).Select(point => point.X));
        Assert.Equal(50, drawn.Where(point => double.IsFinite(point.Y)).Max(point => point.Y));
        Assert.Equal(2, Line(chart).Count(letter => letter == 'M'));
    }

    [Theory]
    [InlineData(600, 600)]
    [InlineData(1, 1)]
    public void Of_ShortTable_DrawsEveryRow(int rows, int drawn) =>
        Assert.Equal(drawn, Assert.Single(Of([.. Enumerable.Range(0, rows).Select(i => Math.Sin(i))]).Series).Points.Count);

    [Fact]
    public void Of_AxisInPercent_ShowsSharesAsPercent()
    {
        CsvTable table = new(["epoch", "train", "test"], [["1", "0.25", ""], ["2", "0.5", "0.75"]]);

        Chart chart = RunCharts.Of(table, "Accuracy", new Axis("epoch"), "epoch", new Axis("accuracy, %"), ("train", "training"), ("valid", "validation"), ("test", "test"))!;

        Assert.Equal(["training", "test"], chart.Series.Select(series => series.Name));
        Assert.Equal([25.0, 50.0], chart.Series[0].Points.Select(point => point.Y));
        Assert.Equal([(2, 75)], chart.Series[1].Points.Select(point => (point.X, point.Y)));
    }

    [Fact]
    public void Of_SeveralRuns_HasALineForEachThatHasTheColumn()
    {
        CsvTable losses = new(["epoch", "loss"], [["1", "2"]]), other = new(["epoch", "accuracy"], [["1", "2"]]);

        Chart chart = RunCharts.Of([("a", losses), ("b", other), ("c", losses)], "Loss", new Axis("epoch"), "epoch", new Axis("loss"), "loss")!;

        Assert.Equal(["a", "c"], chart.Series.Select(series => series.Name));
        Assert.Null(RunCharts.Of([("b", other)], "Loss", new Axis("epoch"), "epoch", new Axis("loss"), "loss"));
        Assert.Null(RunCharts.Of(new CsvTable(["epoch", "loss"], [["1", ""]]), "Loss", new Axis("epoch"), "epoch", new Axis("loss"), ("loss", "")));
    }

    private static Chart Of(double[] loss) => RunCharts.Of(
        new CsvTable(["step", "loss"], [.. loss.Select((value, i) => (string[])[$"{i}", value.ToString(CultureInfo.InvariantCulture)])]),
        "Loss", new Axis("step"), "step", new Axis("loss"), ("loss", ""))!;

    private static string Line(Chart chart) => XElement.Parse(chart.ToSvg()).Descendants(s_svg + "path")
        .Single(path => path.Attribute("stroke-width")?.Value == "1.8").Attribute("d")!.Value;
}
