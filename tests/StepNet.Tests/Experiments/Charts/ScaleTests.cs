using StepNet.Experiments.Charts;

namespace StepNet.Tests.Experiments.Charts;

/// <summary>From values to pixels, and how wide a text is at most.</summary>
public sealed class ScaleTests
{
    [Fact]
    public void Map_LinearAndLogarithmic_PutsValuesInProportion()
    {
        Assert.Equal(25, new Scale(10, 50, Log: false, 100).Map(20), 1e-12);
        Assert.Equal(50, new Scale(0.01, 100, Log: true, 100).Map(1), 1e-12);
    }

    [Fact]
    public void Of_Values_LeavesRoomUnlessTheAxisIsFixed()
    {
        Scale free = Scale.Of(new Axis("x"), [0, 100, double.NaN], 10);
        Scale fixedEnds = Scale.Of(new Axis("x") { Minimum = 0, Maximum = 1 }, [0, 100], 10);

        Assert.Equal((-4, 104), (free.Low, free.High));
        Assert.Equal((0, 1), (fixedEnds.Low, fixedEnds.High));
    }

    [Theory]
    [InlineData(false, new double[0])]
    [InlineData(true, new double[0])]
    [InlineData(false, new[] { 7.0, 7 })]
    [InlineData(true, new[] { 7.0, 7 })]
    [InlineData(false, new[] { 0.0 })]
    [InlineData(true, new[] { 0.0, -1 })]
    [InlineData(false, new[] { double.NaN, double.PositiveInfinity, double.MaxValue, 5e-324 })]
    public void Of_ValuesWithoutARange_HasARangeAllTheSame(bool log, double[] values)
    {
        Scale scale = Scale.Of(new Axis("x", log), values, 100);

        Assert.True(double.IsFinite(scale.Low) && scale.Low < scale.High, $"{scale}");
        Assert.All(values.Where(value => Scale.Shows(value, log)), value => Assert.InRange(scale.Map(value), 0, 100));
    }

    [Fact]
    public void Of_EndsTheWrongWayRound_SaysSo()
    {
        ArgumentException thrown = Assert.Throws<ArgumentException>(() => Scale.Of(new Axis("loss", Log: true) { Minimum = 0 }, [1], 10));

        Assert.Equal("Axis 'loss' reaches from 0 to 1; it needs a finite beginning below its end, above 0 as it is logarithmic.", thrown.Message);
    }

    [Fact]
    public void Wrap_LongText_BreaksAtSpacesAndInsideWordsOnlyWhereNeeded()
    {
        Assert.Equal(["a short", "line"], TextMetrics.Wrap("a short line", TextMetrics.Width("a short", 12), 12));
        Assert.Equal(["WWW", "WW x"], TextMetrics.Wrap("WWWWW x", TextMetrics.Width("WWW", 12), 12));
        Assert.Equal([""], TextMetrics.Wrap("", 100, 12));
        Assert.Equal(["😀", "😀"], TextMetrics.Wrap("😀😀", 1, 12));
    }

    [Fact]
    public void Shorten_LongText_FitsWithItsEllipsis()
    {
        string shown = TextMetrics.Shorten("a network with a long name", 80, 12);

        Assert.EndsWith("…", shown, StringComparison.Ordinal);
        Assert.InRange(TextMetrics.Width(shown, 12), 60, 84);
        Assert.Equal("short", TextMetrics.Shorten("short", 80, 12));
    }
}
