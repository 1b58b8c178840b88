using System.CommandLine;
using System.Globalization;
using System.Text;
using StepNet.Execution;
using StepNet.Kernels;

namespace StepNet.Benchmarks;

/// <summary>The instruction sets in turns on one network, and the same kernels one lane at a time.</summary>
internal static class SimdPaths
{
    // What a path is to reach, over another.
    private static readonly (string Path, string Over, double Least)[] s_targets = [("avx2", "avx512", 0.4), ("portable", Simd.Scalar, 2)];

    public static Command Command()
    {
        Option<int> threads = new("--threads") { Description = "Threads.", DefaultValueFactory = _ => 1 };
        return RunSettings.On(
            new Command("simd", "AVX-512, AVX2, 128-bit vectors and one lane at a time, in turns.") { threads },
            (settings, parsed) => Run(settings, parsed.GetValue(threads)));
    }

    /// <returns>Failed measurements.</returns>
    public static int Run(RunSettings settings, int threads)
    {
        Runner runner = new([.. VectorKernels.Available.Append(Simd.Scalar).Select(Path)], settings.Rounds, settings.Seconds);
        runner.RunTogether(Cases.Simd, threads);
        return settings.Finish(runner, Report.SimdFile, Text);
    }

    /// <summary>What the rows say.</summary>
    public static string Text(ResultFile<Row> result)
    {
        Row any = result.Rows[0];
        StringBuilder text = new(
            $"## Instruction sets\n\n{result.Machine}; {result.Rounds} round(s). Batch {any.Batch}, {any.Threads} thread(s); images a second.\n"
            + "AVX2 and below run with AVX-512 switched off (DOTNET_EnableAVX512=0). 'scalar' is the kernels' own source one lane at a time.\n\n");
        string[] paths = [.. result.Rows.Select(row => row.Variant).Distinct().OrderByDescending(path => Median(any.Case, path))];
        MarkdownTable speeds = new(["images a second", .. paths]), ratios = new("ratio", "measured", "target", "");
        foreach (Case of in Cases.Simd)
        {
            speeds.Add([of.Title, .. paths.Select(path => Spread.Of(Rows(of.Name, path).Select(row => row.ItemsPerSecond)).Text("f0"))]);
            foreach ((string path, string over, double least) in s_targets.Where(target => paths.Contains(target.Path) && paths.Contains(target.Over)))
            {
                Spread ratio = Spread.Of(
                    from row in Rows(of.Name, path)
                    join other in Rows(of.Name, over) on row.Round equals other.Round
                    select row.ItemsPerSecond / other.ItemsPerSecond);
                ratios.Add(
                    $"{of.Title}: {path} over {over}", ratio.Text("f2"),
                    string.Create(CultureInfo.InvariantCulture, $"at least {least}"), ratio.Median >= least ? "met" : "not met");
            }
        }

        return text.Append(speeds).Append(ratios).ToString();

        IEnumerable<Row> Rows(string name, string path) => result.Rows.Where(row => row.Case == name && row.Variant == path);
        double Median(string name, string path) => Spread.Of(Rows(name, path).Select(row => row.ItemsPerSecond)).Median;
    }

    // What a machine without AVX-512 would run: with it, the JIT gives 256-bit code twice the registers.
    private static Contender Path(string simd) => Contender.Self(
        simd,
        new Dictionary<string, string>(simd == "avx512" ? [] : [new("DOTNET_EnableAVX512", "0")]) { [Executors.SimdVariable] = "" },
        "measure", "--simd", simd);
}
