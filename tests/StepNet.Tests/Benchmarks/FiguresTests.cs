using StepNet.Benchmarks;
using StepNet.Models;

namespace StepNet.Tests.Benchmarks;

/// <summary>The figures that are published: from rows to ratios, medians and verdicts.</summary>
public sealed class FiguresTests
{
    private static readonly Case Line = new("line", "A line", "resnet20", "train")
    {
        Batch = 10,
        Goals = [new(Measurand.OverBest, 1.6, 2.0), new(Measurand.OverPeak, 0.9), new(Measurand.Memory, 0.5, 0.4)],
    };

    // In round 2 the machine is half as fast, and in round 3 another of PyTorch's settings is the best.
    private static readonly Row[] Rows =
    [
        Ours(1, 100, 200), Torch(1, "default", 40, 500), Torch(1, "tuned", 50, 400),
        Ours(2, 50, 200), Torch(2, "default", 20, 500), Torch(2, "tuned", 25, 800),
        Ours(3, 90, 200), Torch(3, "default", 60, 500), Torch(3, "tuned", 30, 400),
        Torch(1, "tuned", 1e9, 1) with { Case = "another line" },
        Torch(1, "tuned", 1e9, 1) with { Threads = 2 },
    ];

    [Fact]
    public void Of_Speeds_AreRatiosWithinRoundsOverTheBestOfEach()
    {
        Figure best = Of(Measurand.OverBest), usual = Of(Measurand.OverDefault);

        Assert.Equal((2.0, 1.5, 2.0, 3), (best.Median, best.Min, best.Max, best.Rounds));
        Assert.Equal((2.5, 1.5, 2.5), (usual.Median, usual.Min, usual.Max));
        Assert.Equal(("met, aim too", null), (best.Verdict, usual.Verdict));
    }

    [Fact]
    public void Of_Memory_IsOverTheLeastOfEachRound()
    {
        Figure memory = Of(Measurand.Memory);

        Assert.Equal((0.5, 0.4, 0.5, "met"), (memory.Median, memory.Min, memory.Max, memory.Verdict));
    }

    [Fact]
    public void Of_MultiplyAdds_AreOverThePeakOfTheSameRound()
    {
        // 20e9 multiply-adds of 10 items, 10 steps a second: 400 GFLOP/s.
        Figure over = Assert.Single(
            Figures.Of(Line, 1, [Ours(1, 100, 1), Ours(2, 50, 1)], [Limit(1, 1, 500), Limit(2, 1, 500), Limit(1, 2, 1)]),
            figure => figure.Measurand == Measurand.OverPeak);

        Assert.Equal((0.6, 0.4, 0.8, "not met"), (over.Median, over.Min, over.Max, over.Verdict));
    }

    [Fact]
    public void Of_WithoutRivals_HasNoRatios() => Assert.DoesNotContain(
        Figures.Of(Line, 1, Rows.Where(row => row.Variant == Row.Ours), []),
        figure => figure.Measurand is Measurand.OverBest or Measurand.OverDefault or Measurand.Memory or Measurand.OverOnnxRuntime);

    [Theory]
    [InlineData("at least 1.6, aim 2", 1.59, "not met")]
    [InlineData("at least 1.6, aim 2", 1.6, "met")]
    [InlineData("at least 1.6, aim 2", 2.0, "met, aim too")]
    [InlineData("at most 0.5, aim 0.4", 0.51, "not met")]
    [InlineData("at most 0.5, aim 0.4", 0.4, "met, aim too")]
    public void Verdict_OfAMedian_SaysWhatIsReached(string words, double median, string verdict)
    {
        Goal goal = Assert.Single(Line.Goals, goal => goal.ToString() == words);
        Assert.Equal(verdict, goal.Verdict(median));
    }

    [Fact]
    public void Cases_OfAllTables_NameNetworksOnce()
    {
        Assert.Equal(Cases.Table.Count, Cases.Table.DistinctBy(one => one.Name).Count());
        foreach (Case one in Cases.Table.Concat(Cases.Growth).Concat(Cases.Simd))
        {
            ResNetOptions network = ModelCatalog.Options(one.Model);
            Assert.Equal(network is TextResNetOptions, one.Length is not null);
            Assert.Contains(one.Mode, new[] { "train", "infer" });
        }

        Assert.Contains("resnet20-infer-1", Assert.Throws<ArgumentException>(() => Cases.Named("resnet20")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void ResultFile_WrittenAndRead_IsTheSame()
    {
        string path = Path.GetTempFileName();
        try
        {
            MachineInfo machine = new("a CPU", 2, "2026-01-02", "abc+", ".NET 10", Torch: "1.13");
            new ResultFile<Row>(machine, "table", 3, Rows, [Limit(1, 1, 233)], Figures.Of(Line, 1, Rows, [])).Write(path);

            ResultFile<Row> read = ResultFile<Row>.Read(path)!;

            Assert.Equal((machine, "table", 3), (read.Machine, read.Command, read.Rounds));
            Assert.Equal(Rows, read.Rows);
            Assert.Equal(233, Assert.Single(read.Limits!).PeakGflops);
            Assert.Equal(Figures.Of(Line, 1, Rows, []), read.Figures);
            File.WriteAllText(path, "no JSON");
            Assert.Contains("--save", Assert.Throws<InvalidDataException>(() => ResultFile<Row>.Read(path)).Message, StringComparison.Ordinal);
        }
        finally
        {
            File.Delete(path);
        }
    }

    private static Figure Of(Measurand measurand) =>
        Assert.Single(Figures.Of(Line, 1, Rows, []), figure => figure.Measurand == measurand);

    private static LimitRow Limit(int round, int threads, double gflops) => new(round, threads, "avx512", gflops, gflops, gflops, 40, 40, 40);

    private static Row Ours(int round, double speed, double memory) =>
        New(round, Row.Ours, speed, memory) with { StepMultiplyAdds = 20_000_000_000, FirstStepSeconds = 0.5 };

    private static Row Torch(int round, string variant, double speed, double memory) =>
        New(round, variant, speed, memory) with { Torch = "1.13" };

    private static Row New(int round, string variant, double speed, double memory) => new()
    {
        Case = "line",
        Round = round,
        Variant = variant,
        Model = "resnet20",
        Mode = "train",
        Batch = 10,
        Threads = 1,
        ItemsPerSecond = speed,
        Min = speed,
        Max = speed,
        Steps = 1,
        PeakRssMib = memory,
    };
}
