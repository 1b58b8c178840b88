namespace StepNet.Benchmarks;

/// <summary>From rows to figures. Every ratio is taken within a round, whose measurements follow each other closely.</summary>
internal static class Figures
{
    /// <summary>All figures of a case that the rows allow, in the order of <see cref="Measurand"/>.</summary>
    /// <param name="of">The case.</param>
    /// <param name="threads">Threads.</param>
    /// <param name="rows">Rows; those of other cases and threads are left aside.</param>
    /// <param name="limits">The machine's limits by round; with those of the same threads and round, speed is compared.</param>
    public static IReadOnlyList<Figure> Of(Case of, int threads, IEnumerable<Row> rows, IEnumerable<LimitRow> limits)
    {
        Row[] mine = [.. rows.Where(row => row.Case == of.Name && row.Threads == threads)];
        Row[] ours = [.. mine.Where(row => row.Variant == Row.Ours)];
        double? first(Row row) => row.FirstStepSeconds;
        double? overPeak(Row row) => of.BesideLimits
            ? row.Gflops / limits.FirstOrDefault(limit => limit.Threads == threads && limit.Round == row.Round)?.PeakGflops
            : null;
        Figure?[] all =
        [
            Ratio(Measurand.OverBest, BestOfEachRound(mine), row => row.ItemsPerSecond),
            Ratio(Measurand.OverDefault, mine.Where(row => row.Variant == "default"), row => row.ItemsPerSecond),
            Ratio(Measurand.OverOnnxRuntime, mine.Where(row => row.Variant == Row.OnnxRuntime), row => row.ItemsPerSecond),
            Figure.Of(of, threads, Measurand.OverPeak, ours.Select(overPeak)),
            Ratio(Measurand.Memory, LeastOfEachRound(mine), row => row.PeakRssMib),
            Figure.Of(of, threads, Measurand.FirstStep, ours.Select(first)),
        ];
        return [.. all.OfType<Figure>()];

        Figure? Ratio(Measurand measurand, IEnumerable<Row> theirs, Func<Row, double?> number) => Figure.Of(
            of, threads, measurand,
            from their in theirs
            join our in ours on their.Round equals our.Round
            select number(our) / number(their));
    }

    /// <summary>Whether a row is PyTorch's, in whatever setting.</summary>
    public static bool IsPyTorch(Row row) => row.Torch is not null;

    // The best of each round: no rival could have chosen better, whatever setting suits the machine. A round in which one of them failed would flatter.
    private static IEnumerable<Row> BestOfEachRound(IEnumerable<Row> rows) =>
        WholeRounds([.. rows.Where(IsPyTorch)]).Select(round => round.MaxBy(row => row.ItemsPerSecond)!);

    private static IEnumerable<Row> LeastOfEachRound(IEnumerable<Row> rows) =>
        WholeRounds([.. rows.Where(row => IsPyTorch(row) && row.PeakRssMib is not null)]).Select(round => round.MinBy(row => row.PeakRssMib)!);

    private static IEnumerable<IGrouping<int, Row>> WholeRounds(IReadOnlyCollection<Row> rows)
    {
        IGrouping<int, Row>[] rounds = [.. rows.GroupBy(row => row.Round)];
        int most = rounds.Select(round => round.Count()).DefaultIfEmpty().Max();
        return rounds.Where(round => round.Count() == most);
    }
}
