namespace StepNet.Benchmarks;

/// <summary>A figure of the table, over rounds.</summary>
/// <param name="Case">Name of the case.</param>
/// <param name="Threads">Threads.</param>
/// <param name="Measurand">What is compared.</param>
/// <param name="Median">Median of the rounds.</param>
/// <param name="Min">Least of the rounds.</param>
/// <param name="Max">Greatest of the rounds.</param>
/// <param name="Rounds">Rounds that gave a number.</param>
/// <param name="Target">What it is to reach; null for none.</param>
/// <param name="Aim">Better still; null for none.</param>
/// <param name="Verdict"><c>met</c>, <c>met, aim too</c> or <c>not met</c>; null without a target.</param>
internal sealed record Figure(
    string Case, int Threads, Measurand Measurand, double Median, double Min, double Max, int Rounds,
    double? Target, double? Aim, string? Verdict)
{
    /// <summary>A figure of some rounds; null of none.</summary>
    public static Figure? Of(Case of, int threads, Measurand measurand, IEnumerable<double?> perRound)
    {
        double[] known = [.. perRound.OfType<double>()];
        if (known.Length == 0)
        {
            return null;
        }

        Spread spread = Spread.Of(known);
        Goal? goal = of.Goals.FirstOrDefault(goal => goal.Measurand == measurand);
        return new Figure(
            of.Name, threads, measurand, Rounded(spread.Median), Rounded(spread.Min), Rounded(spread.Max), known.Length,
            goal?.Target, goal?.Aim, goal?.Verdict(spread.Median));
    }

    private static double Rounded(double value) => Math.Round(value, 4);
}
