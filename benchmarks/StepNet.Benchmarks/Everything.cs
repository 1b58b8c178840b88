using System.CommandLine;

namespace StepNet.Benchmarks;

/// <summary>All that is published about a machine, one after another.</summary>
internal static class Everything
{
    public static Command Command()
    {
        Option<string> threads = Table.ThreadsOption("1,2");
        return RunSettings.On(
            new Command("all", "table, growth, recompute, simd and roofline, one after another.") { threads },
            (settings, parsed) => Run(settings, Table.Threads(parsed.GetRequiredValue(threads))));
    }

    // The judge first: whoever stops the run after half an hour has what counts most.
    private static int Run(RunSettings settings, int[] threads) =>
        Table.Run(settings, Cases.Table, threads[..1])
        + Growth.Run(settings, [1])
        + Recomputation.Run(settings, threads: 1)
        + SimdPaths.Run(settings, threads: 1)
        + Roofline.Run(settings)
        + Table.Run(settings, Cases.Table, threads[1..]);
}
