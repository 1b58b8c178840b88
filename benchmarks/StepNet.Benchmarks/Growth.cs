using System.CommandLine;
using System.Globalization;
using System.Text;

namespace StepNet.Benchmarks;

/// <summary>Deeper and deeper ResNets, StepNet alone: does a multiply-add cost the same, and a layer the same memory?</summary>
internal static class Growth
{
    // A speed may fall by this share from the shallowest network to any other.
    private const double Flat = 0.15;

    public static Command Command()
    {
        Option<string> threads = Table.ThreadsOption("1");
        return RunSettings.On(
            new Command("growth", "StepNet at depths 20 to 218: direct multiply-adds a second, memory a layer.") { threads },
            (settings, parsed) => Run(settings, Table.Threads(parsed.GetRequiredValue(threads))));
    }

    /// <returns>Failed measurements.</returns>
    public static int Run(RunSettings settings, int[] threads)
    {
        Runner runner = new([Contender.Ours], settings.Rounds, settings.Seconds);
        foreach (int count in threads)
        {
            runner.RunTogether(Cases.Growth, count);
        }

        return settings.Finish(runner, Report.GrowthFile, Text);
    }

    /// <summary>What the rows say.</summary>
    public static string Text(ResultFile<Row> result)
    {
        StringBuilder text = new($"## Growth\n\n{result.Machine}; {result.Rounds} round(s). ResNets, training, batch {result.Rows[0].Batch}.\n\n");
        foreach (int threads in result.Rows.Select(row => row.Threads).Distinct())
        {
            Row[] rows = [.. result.Rows.Where(row => row.Threads == threads)];
            MarkdownTable table = new(
                "layers", "images/s", "direct multiply-adds, GFLOP/s", "over those of the first", "memory, MiB", "MiB for a further layer");
            double least = double.PositiveInfinity;
            (int Depth, double Memory)? before = null;
            List<double> further = [];
            foreach (IGrouping<int, Row> network in rows.GroupBy(row => Depth(row)).OrderBy(network => network.Key))
            {
                Spread over = Spread.Of(
                    from row in network
                    join first in rows.Where(first => Depth(first) == rows.Min(Depth)) on row.Round equals first.Round
                    select (row.Gflops / first.Gflops) ?? 0);
                least = Math.Min(least, over.Median);
                double memory = Spread.Of(network.Select(row => row.PeakRssMib ?? double.NaN)).Median;
                if (before is (int depth, double less))
                {
                    further.Add((memory - less) / (network.Key - depth));
                }

                table.Add(
                    network.Key.ToString(CultureInfo.InvariantCulture),
                    Spread.Of(network.Select(row => row.ItemsPerSecond)).Text("f1"),
                    Spread.Of(network.Select(row => row.Gflops ?? 0)).Text("f0"),
                    over.Text("f2"),
                    memory.ToString("f0", CultureInfo.InvariantCulture),
                    before is null ? "" : further[^1].ToString("f2", CultureInfo.InvariantCulture));
                before = (network.Key, memory);
            }

            text.Append($"{threads} thread(s):\n\n").Append(table);
            text.Append(string.Create(
                CultureInfo.InvariantCulture,
                $"Flat within {Flat:p0} asked of the multiply-adds a second: {(least >= 1 - Flat ? "met" : "not met")} (least {least:f2}). "
                + $"A further layer takes {further.Min():f2} to {further.Max():f2} MiB.\n\n"));
        }

        return text.ToString();
    }

    private static int Depth(Row row) => int.Parse(row.Model["resnet".Length..], CultureInfo.InvariantCulture);
}
