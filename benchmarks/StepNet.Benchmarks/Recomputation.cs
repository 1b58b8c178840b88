using System.CommandLine;
using System.Globalization;
using System.Text;

namespace StepNet.Benchmarks;

/// <summary>The deepest ResNet with all activations kept and with most computed again, in turns: memory for time.</summary>
internal static class Recomputation
{
    private const string Kept = "all kept", Again = "computed again";

    private const double MostMib = 3 * 1024, MostTime = 1.45;

    public static Command Command()
    {
        Option<int> threads = new("--threads") { Description = "Threads.", DefaultValueFactory = _ => 1 };
        return RunSettings.On(
            new Command("recompute", "ResNet-1202 with and without recomputation, in turns: memory and time.") { threads },
            (settings, parsed) => Run(settings, parsed.GetValue(threads)));
    }

    /// <returns>Failed measurements.</returns>
    public static int Run(RunSettings settings, int threads)
    {
        Runner runner = new(
            [
                Contender.Self(Kept, Contender.NoVariables, "measure"),
                Contender.Self(Again, Contender.NoVariables, "measure", "--recompute"),
            ],
            settings.Rounds,
            settings.Seconds);
        runner.Run(Cases.Deepest, threads);
        return settings.Finish(runner, Report.RecomputationFile, Text);
    }

    /// <summary>What the rows say.</summary>
    public static string Text(ResultFile<Row> result)
    {
        Row any = result.Rows[0];
        StringBuilder text = new(
            $"## Recomputation\n\n{result.Machine}; {result.Rounds} round(s). {Cases.Deepest.Title}, training, batch {any.Batch}, {any.Threads} thread(s).\n\n");
        MarkdownTable table = new("activations", "seconds a step", "memory, MiB");
        foreach (string variant in (string[])[Kept, Again])
        {
            Row[] rows = [.. result.Rows.Where(row => row.Variant == variant)];
            table.Add(variant, Spread.Of(rows.Select(Seconds)).Text("f2"), Memory(rows).Text("f0"));
        }

        Spread time = Spread.Of(
            from again in result.Rows
            join kept in result.Rows on again.Round equals kept.Round
            where again.Variant == Again && kept.Variant == Kept
            select Seconds(again) / Seconds(kept));
        Spread memory = Memory(result.Rows.Where(row => row.Variant == Again));
        return text.Append(table).Append(string.Create(
            CultureInfo.InvariantCulture,
            $"Computed again, a step takes {time.Text("f2")} times as long (asked at most {MostTime}: {Verdict(time.Median <= MostTime)}), "
            + $"in {memory.Median:f0} MiB (asked below {MostMib}: {Verdict(memory.Median < MostMib)}).\n\n")).ToString();
    }

    private static double Seconds(Row row) => row.Batch / row.ItemsPerSecond;

    private static Spread Memory(IEnumerable<Row> rows) => Spread.Of(rows.Select(row => row.PeakRssMib ?? double.NaN));

    private static string Verdict(bool met) => met ? "met" : "not met";
}
