using StepNet.Experiments.Charts;

namespace StepNet.Tests.Experiments.Charts;

/// <summary>Ticks, their texts, and which of them an axis has room for.</summary>
public sealed class TickMarksTests
{
    [Theory]
    [InlineData(0, 1, 5, "0 0.2 0.4 0.6 0.8 1.0")]
    [InlineData(-3, 97, 6, "0 20 40 60 80")]
    [InlineData(-0.004, 0.0041, 4, "−0.004 −0.002 0 0.002 0.004")]
    [InlineData(0, 4e7, 4, "0 1×10⁷ 2×10⁷ 3×10⁷ 4×10⁷")]
    [InlineData(0, 2.5e-7, 5, "0 0.5×10⁻⁷ 1.0×10⁻⁷ 1.5×10⁻⁷ 2.0×10⁻⁷ 2.5×10⁻⁷")]
    [InlineData(1000000000, 1000000004, 4, "1000000000 1000000001 1000000002 1000000003 1000000004")]
    public void Linear_Range_HasRoundNumbers(double low, double high, int most, string expected) =>
        Assert.Equal(expected, Labels(low, high, log: false, most));

    [Theory]
    [InlineData(0.0008, 20, "0.001 0.01 0.1 1 10")]
    [InlineData(1e-8, 1, "10⁻⁸ 10⁻⁷ 10⁻⁶ 10⁻⁵ 10⁻⁴ 10⁻³ 10⁻² 10⁻¹ 10⁰")]
    [InlineData(0.9, 60, "1 2 5 10 20 50")]
    [InlineData(0.1, 0.3, "0.10 0.15 0.20 0.25 0.30")]
    public void Logarithmic_Range_HasDecadesOrTheirParts(double low, double high, string expected) =>
        Assert.Equal(expected, Labels(low, high, log: true, 4));

    [Fact]
    public void Logarithmic_EveryDecade_HasEightMinorTicksBetween()
    {
        IReadOnlyList<Tick> ticks = TickMarks.Candidates(0.1, 100, log: true, 4).First();

        Assert.Equal(4 + (3 * 8), ticks.Count);
        Assert.Equal(24, ticks.Count(tick => tick.Label.Length == 0));
    }

    [Theory]
    [InlineData(0, 1, false)]
    [InlineData(0.1, 4.3, false)]
    [InlineData(-1e300, 1e300, false)]
    [InlineData(5e-310, 1e-290, false)]
    [InlineData(1, 1 + 1e-11, false)]
    [InlineData(1e-150, 1e150, true)]
    [InlineData(3, 29, true)]
    public void Candidates_AnyRange_EachHasLabelsWithinAndFewerThanTheLast(double low, double high, bool log)
    {
        int[] counts = [.. TickMarks.Candidates(low, high, log, 8).Select(ticks =>
        {
            double slack = ((high - low) * 1e-6) + (high * 1e-15);
            Assert.All(ticks, tick => Assert.InRange(tick.Value, low - slack, high + slack));
            return ticks.Count(tick => tick.Label.Length > 0);
        })];

        Assert.NotEmpty(counts);
        Assert.All(counts, count => Assert.True(count > 0));
        Assert.Equal(counts.OrderDescending(), counts);
    }

    [Theory]
    [InlineData(0, "0")]
    [InlineData(0.1, "0.1")]
    [InlineData(-1234.5678, "−1235")]
    [InlineData(0.000123456, "0.0001235")]
    [InlineData(1e-8, "10⁻⁸")]
    [InlineData(2.5e12, "2.5×10¹²")]
    [InlineData(double.NegativeInfinity, "−∞")]
    public void Value_Number_HasFourDigits(double value, string expected) => Assert.Equal(expected, NumberFormat.Value(value));

    [Theory]
    [InlineData(300, "20 32 44 56 110 218")]
    [InlineData(150, "20 32 56 110 218")]
    [InlineData(60, "20 56 218")]
    public void Horizontal_GivenTicks_AreThinnedToTheLength(double length, string expected)
    {
        Axis axis = new("depth", Log: true) { Ticks = [20, 32, 44, 56, 110, 218] };

        AxisLayout layout = AxisLayout.Horizontal(axis, Scale.Of(axis, [20, 218], length), overhang: 16);

        Assert.Equal(expected, string.Join(' ', layout.Labels));
    }

    [Fact]
    public void Horizontal_NamesThatFitUprightOnly_AreAllThere()
    {
        Axis axis = new("network") { Categories = [.. Enumerable.Range(0, 20).Select(i => $"resnet{i}")] };

        AxisLayout wide = AxisLayout.Horizontal(axis, Scale.Of(axis, [], 2000), 16), narrow = AxisLayout.Horizontal(axis, Scale.Of(axis, [], 400), 16);

        Assert.Equal(axis.Categories, wide.Labels);
        Assert.Equal(axis.Categories, narrow.Labels);
        Assert.True(narrow.Size > 2 * wide.Size, "Upright names take more height.");
    }

    private static string Labels(double low, double high, bool log, int most) => string.Join(' ',
        TickMarks.Candidates(low, high, log, most).First().Select(tick => tick.Label).Where(label => label.Length > 0));
}
