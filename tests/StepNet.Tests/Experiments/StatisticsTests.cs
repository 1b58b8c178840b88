using StepNet.Experiments.Statistics;

namespace StepNet.Tests.Experiments;

/// <summary>Figures over seeds against values worked out by hand.</summary>
public sealed class StatisticsTests
{
    [Fact]
    public void Summary_FiveNumbers_AsByHand()
    {
        Summary summary = Summary.Of([4, 1, 2, 10, 3]);
        Assert.Equal((5, 4.0, 1.0, 2.0, 3.0, 4.0, 10.0),
            (summary.Count, summary.Mean, summary.Minimum, summary.LowerQuartile, summary.Median, summary.UpperQuartile, summary.Maximum));
        Assert.Equal(Math.Sqrt(50.0 / 4), summary.StandardDeviation, 12);
    }

    [Fact]
    public void Summary_TwoNumbers_LiesBetween() => Assert.Equal((1.25, 1.5, 1.75), Quartiles(Summary.Of([2, 1])));

    [Theory]
    [InlineData(new double[0])]
    [InlineData(new[] { 1, double.NaN })]
    public void Summary_NothingOrNotFinite_IsRefused(double[] values) =>
        Assert.Throws<ArgumentException>(() => Summary.Of(values));

    // All five positive: one of 2^5 combinations of signs reaches the sum.
    [Fact]
    public void Comparison_FivePositivePairs_HaveTheLeastP()
    {
        PairedComparison comparison = PairedComparison.Of([0.01, 0.02, 0.03, 0.01, 0.05]);
        Assert.Equal(1.0 / 32, comparison.PGreater, 12);
        Assert.Equal(1, comparison.PLess, 12);
        Assert.Equal(0.024, comparison.MeanDifference, 12);
        Assert.InRange(comparison.Low, 0.01, 0.024);
        Assert.InRange(comparison.High, 0.024, 0.05);
        Assert.Equal(Verdict.Holds, new VerdictRule().Judge(comparison));
    }

    // Worse by 1 on average, which is above -2 in all five pairs, and far from 0.
    [Theory]
    [InlineData(-2, Verdict.Holds)]
    [InlineData(-1, Verdict.Inconclusive)]
    [InlineData(0, Verdict.DoesNotHold)]
    public void Comparison_AgainstAThreshold_KeepsTheMean(double threshold, Verdict expected)
    {
        PairedComparison comparison = PairedComparison.Of([-0.9, -1.1, -1, -0.8, -1.2], threshold);
        Assert.Equal(-1, comparison.MeanDifference, 12);
        Assert.InRange(comparison.High, -1, -0.8);
        Assert.Equal(threshold, comparison.Threshold);
        Assert.Equal(expected, new VerdictRule().Judge(comparison));
        Assert.Equal(threshold == -2 ? 1 / 32.0 : threshold == 0 ? 1 : 0.5, comparison.PGreater, 0.2 * (threshold == -1 ? 1 : 1e-9));
    }

    // {1, 2, -3}: sums 0, 6, -6, 0, 2, -2, 4, -4 by signs; five of eight are at least 0, with 0 itself seen.
    [Fact]
    public void Comparison_SumsThatTie_AllCount()
    {
        PairedComparison comparison = PairedComparison.Of([1, 2, -3]);
        Assert.Equal(5.0 / 8, comparison.PGreater, 12);
        Assert.Equal(5.0 / 8, comparison.PLess, 12);
    }

    [Fact]
    public void Comparison_ManyPairs_DrawnPIsNearTheExactOne()
    {
        // 20 pairs are counted, the same with a pair of no difference are drawn: p is the same but for chance.
        double[] pairs = [.. Enumerable.Range(0, 20).Select(i => Math.Sin(i) + 0.25)];
        double exact = PairedComparison.Of(pairs).PGreater, drawn = PairedComparison.Of([.. pairs, 0]).PGreater;
        Assert.InRange(exact, 0.01, 0.3);
        Assert.InRange(drawn / exact, 0.95, 1.05);
    }

    // Groups {0, 2} and {10, 12}: squares 4 within, 104 in all. Of the 6 ways to halve four observations 2 give that share.
    [Fact]
    public void Variance_TwoGroups_AsByHand()
    {
        VarianceShare share = VarianceShare.Of([[(0, [0]), (0, [2]), (1, [10]), (1, [12])]]);
        Assert.Equal(4, share.Observations);
        Assert.Equal(1 - (4.0 / 104), share.Share, 12);
        Assert.Equal(1.0 / 3, share.PGreater, 0.02);
        Assert.Equal(1, share.PLess, 12);
        Assert.InRange(share.Share, share.Low, share.High);
    }

    // Vectors: the second number differs, the first is noise. Ten trials: 2 of 252 halvings reach the share.
    [Fact]
    public void Variance_VectorsOfTwoGroups_AreToldApart()
    {
        (int, double[])[] trials = [.. Enumerable.Range(0, 10).Select(i => (i / 5, (double[])[Math.Sin(7 * i), (i / 5 * 10) + Math.Cos(5 * i)]))];
        VarianceShare share = VarianceShare.Of([trials]);
        Assert.InRange(share.Share, 0.9, 1);
        Assert.Equal(2.0 / 252, share.PGreater, 0.004);
    }

    // In every block the same group is the larger, whatever the blocks' own levels: exchanged within blocks, 2 of 2^6 reach the share.
    [Fact]
    public void Variance_WithinBlocks_ExchangesWithinThemAlone()
    {
        VarianceShare share = VarianceShare.Of([.. Enumerable.Range(0, 6).Select(i => (IReadOnlyList<(int, double[])>)[(0, [100.0 * i]), (1, [(100.0 * i) + 1])])]);
        Assert.InRange(share.Share, 1e-6, 1e-4);
        Assert.Equal(2.0 / 64, share.PGreater, 0.006);
    }

    [Fact]
    public void Variance_NothingVaries_IsChance()
    {
        VarianceShare share = VarianceShare.Of([[(0, [1]), (1, [1])]]);
        Assert.Equal((0.0, 1.0), (share.Share, share.PGreater));
    }

    [Fact]
    public void Variance_NoneOrOfTwoLengths_IsRefused()
    {
        _ = Assert.Throws<ArgumentException>(() => VarianceShare.Of([]));
        _ = Assert.Throws<ArgumentException>(() => VarianceShare.Of([[(0, [1]), (1, [1, 2])]]));
    }

    [Fact]
    public void Comparison_Twice_IsTheSame() =>
        Assert.Equal(PairedComparison.Of([0.1, -0.2, 0.4]), PairedComparison.Of([0.1, -0.2, 0.4]));

    [Theory]
    [InlineData(new[] { -1.0, -2, -1, -3, -1 }, Verdict.DoesNotHold)]
    [InlineData(new[] { 1.0, -2, 1, -3, 4 }, Verdict.Inconclusive)]
    [InlineData(new[] { 1.0, 2, 3, 4 }, Verdict.Inconclusive)]
    public void Rule_ByDirectionAndNumber_Judges(double[] differences, Verdict verdict) =>
        Assert.Equal(verdict, new VerdictRule().Judge(PairedComparison.Of(differences)));

    private static (double, double, double) Quartiles(Summary summary) => (summary.LowerQuartile, summary.Median, summary.UpperQuartile);
}
