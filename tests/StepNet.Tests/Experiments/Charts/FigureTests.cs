using System.Xml.Linq;
using StepNet.Experiments.Charts;

namespace StepNet.Tests.Experiments.Charts;

/// <summary>The SVG files themselves.</summary>
public sealed class FigureTests
{
    private static readonly XNamespace Svg = "http://www.w3.org/2000/svg";

    public static TheoryData<string> Names => [.. FigureExamples.All.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void ToSvg_EveryExample_IsWellFormedNamedAndTheSameAgain(string name)
    {
        string svg = FigureExamples.All[name].ToSvg();

        XElement root = XElement.Parse(svg);
        Assert.Equal("img", root.Attribute("role")?.Value);
        Assert.Equal(FigureExamples.All[name].Title, root.Elements().First().Value);
        Assert.NotEmpty(root.Element(Svg + "desc")!.Value);
        Assert.DoesNotContain("NaN", svg, StringComparison.Ordinal);
        Assert.Equal(svg, FigureExamples.All[name].ToSvg());
        Assert.Empty(root.DescendantsAndSelf().Attributes("id"));
    }

    [Fact]
    public void ToSvg_TextWithMarkupAndForbiddenCharacters_IsEscaped()
    {
        Chart chart = Plain([1, 2]) with { Title = "a < b & \"c\" \u0001 \uD800 😀" };

        Assert.Equal("a < b & \"c\" \uFFFD \uFFFD 😀", XElement.Parse(chart.ToSvg()).Element(Svg + "title")!.Value);
    }

    [Fact]
    public void Line_ValuesThatAreNotFinite_AreGaps()
    {
        XElement line = Lines(Plain([1, 2, double.NaN, 3, 4, double.PositiveInfinity, 5])).Single();

        Assert.Equal(3, line.Attribute("d")!.Value.Count(letter => letter == 'M'));
    }

    [Fact]
    public void Line_ThirtyThousandPoints_KeepsItsExtremesInFewPoints()
    {
        double[] values = [.. Enumerable.Range(0, 30000).Select(i => Math.Sin(i * 0.7))];
        values[12345] = 50;

        string path = Lines(Plain(values)).Single().Attribute("d")!.Value;

        Assert.InRange(path.Count(letter => letter == 'L'), 1000, 2400);
        // The axis runs from -1 to 50 with a twenty-fifth of that above: 300 pixels times 0.04 / 1.08.
        double top = path[1..].Split('L').Min(point => double.Parse(point.Split(' ')[1]));
        double plot = double.Parse(XElement.Parse(Plain(values).ToSvg()).Descendants(Svg + "svg").Single().Attribute("y")!.Value);
        Assert.Equal(plot + (300 * 0.04 / 1.08), top, 0.1);
    }

    [Fact]
    public void Band_OfAPointAlone_HasAWidth()
    {
        Chart chart = Plain([]) with { Series = [new Series("a", [new DataPoint(110, 22, Low: 21, High: 23)])] };

        string path = XElement.Parse(chart.ToSvg()).Descendants(Svg + "path")
            .Single(mark => mark.Attribute("fill-opacity") is not null).Attribute("d")!.Value;

        Assert.Equal(4, path[1..^1].Split('L').Distinct().Count());
    }

    [Fact]
    public void Diverged_Points_AreCrossesAtTheBadEdgeWithALegend()
    {
        Chart accuracy = Plain([]) with { Series = [new Series("h = 1", [new(1, 90), new(2, double.NaN, Diverged: true)])] };
        Chart loss = accuracy with { Y = new Axis("loss") { LessIsBetter = true } };

        string svg = accuracy.ToSvg();
        Assert.Contains("<title>h = 1: diverged at x 2</title>", svg, StringComparison.Ordinal);
        Assert.Contains(">diverged</text>", svg, StringComparison.Ordinal);
        Assert.Equal(300 - 14, CrossHeight(accuracy) - CrossHeight(loss), 0.5);
    }

    [Fact]
    public void LogAxis_ValuesNotAboveZero_AreCountedInTheNote()
    {
        Chart chart = Plain([1, 0, -3]) with { Y = new Axis("y", Log: true) };

        Assert.Contains("Not above 0, so not on a logarithmic axis: 2 values.", chart.ToSvg(), StringComparison.Ordinal);
    }

    [Fact]
    public void SmallMultiples_OneNameInTwoPanels_HasOneColour()
    {
        SmallMultiples figure = new()
        {
            Title = "Two",
            Panels = [Named("a", "b"), Named("b", "c")],
        };

        Dictionary<string, string[]> colours = XElement.Parse(figure.ToSvg()).Descendants(Svg + "path")
            .Where(path => path.Attribute("stroke-width")?.Value == "1.8")
            .GroupBy(path => path.Element(Svg + "title")!.Value, path => path.Attribute("class")!.Value)
            .ToDictionary(group => group.Key, group => group.Distinct().ToArray());

        Assert.Equal(["l0", "l1", "l2"], new[] { "a", "b", "c" }.Select(name => Assert.Single(colours[name])));

        static Chart Named(params string[] names) => Plain([]) with { Series = [.. names.Select(name => Series.Of(name, [1, 2], [1, 2]))] };
    }

    [Fact]
    public void HeatMap_DivergedAndMissingCells_AreToldApart()
    {
        string svg = FigureExamples.All["heat-map"].ToSvg();

        Assert.Contains("<title>learning rate 3, step factor h 10: diverged</title>", svg, StringComparison.Ordinal);
        Assert.Contains("<title>learning rate 0.01, step factor h 0.01: no value</title>", svg, StringComparison.Ordinal);
        Assert.Contains("<title>learning rate 0.1, step factor h 0.1: test accuracy, % 91.75</title>", svg, StringComparison.Ordinal);
    }

    [Fact]
    public void HeatMap_RowsThatDoNotMatchTheNames_SaysWhatIsWanted()
    {
        HeatMap map = (HeatMap)FigureExamples.All["heat-map"] with { Values = [[1, 2]] };

        Assert.Equal("Heat map 'Step factor against learning rate': 1 rows of 2 values, 7 names of rows and 6 of columns; "
            + "give both axes as many categories as there are values.", Assert.Throws<ArgumentException>(map.ToSvg).Message);
    }

    [Fact]
    public void ImageGrid_BytesThatAreNoPng_SaysWhich()
    {
        ImageGrid grid = new() { Title = "Pictures", Images = [new GridImage(new byte[30], "cat")] };

        Assert.Equal("The picture 'cat' is no PNG file.", Assert.Throws<ArgumentException>(grid.ToSvg).Message);
    }

    [Fact]
    public void Documentation_Example_IsOneOfTheseFigures()
    {
        string docs = File.ReadAllText(Path.Combine(Checkout.Root, "docs", "charts.md"));
        string here = File.ReadAllText(Path.Combine(Checkout.Root, "tests", "StepNet.Tests", "Experiments", "Charts", "FigureExamples.cs"));

        Assert.Contains(Tight(docs.Split("string svg = ")[1].Split(".ToSvg()")[0]), Tight(here), StringComparison.Ordinal);

        static string Tight(string code) => string.Concat(code.Where(letter => !char.IsWhiteSpace(letter)));
    }

    private static Chart Plain(double[] y) => new()
    {
        Title = "Plain",
        X = new Axis("x"),
        Y = new Axis("y"),
        Series = [Series.Of("s", [.. y.Select((_, i) => (double)i)], y)],
    };

    private static IEnumerable<XElement> Lines(Chart chart) =>
        XElement.Parse(chart.ToSvg()).Descendants(Svg + "path").Where(path => path.Attribute("stroke-width")?.Value == "1.8");

    // Of the cross in the plot; that of the legend has no title.
    private static double CrossHeight(Chart chart)
    {
        XElement cross = XElement.Parse(chart.ToSvg()).Descendants(Svg + "path")
            .Single(path => path.Element(Svg + "title")?.Value.Contains("diverged", StringComparison.Ordinal) == true);
        return double.Parse(cross.Attribute("transform")!.Value.TrimEnd(')').Split(' ')[1]);
    }
}
