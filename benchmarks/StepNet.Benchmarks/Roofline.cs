using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using System.Text;
using StepNet.Experiments.Charts;

namespace StepNet.Benchmarks;

/// <summary>
/// The main kernels under the machine's roof (Williams, Waterman and Patterson 2009): speed over operations a byte, below the
/// multiply-add peak and the copy bandwidth of the same run.
/// </summary>
internal static class Roofline
{
    // Calls of a kernel in a round; their median counts.
    private const int Calls = 5;

    public static Command Command() => RunSettings.On(
        new Command("roofline", "The main kernels alone on one thread, beside the machine's limits: table and picture."),
        (settings, _) => Run(settings));

    /// <returns>Failed measurements.</returns>
    public static int Run(RunSettings settings)
    {
        List<KernelRow> rows = [];
        List<LimitRow> limits = [];
        using KernelCases cases = new(Simd.Kernels(null));
        for (int round = 1; round <= settings.Rounds; round++)
        {
            limits.Add(MachineLimits.Measure(threads: 1, bursts: 25) with { Round = round });
            foreach (KernelCase one in cases.All)
            {
                double milliseconds = Math.Round(Time(one), 4);
                rows.Add(new KernelRow(round, one.Kernel, one.Shape, one.Kind, one.Flops, one.Bytes, milliseconds));
            }
        }

        ResultFile<KernelRow> result = new(settings.Machine, settings.Command, settings.Rounds, rows, limits);
        if (settings.FileAt(Report.RooflineFile) is string path)
        {
            result.Write(path);
        }

        Console.WriteLine(Text(result));
        return 0;
    }

    /// <summary>What the rows say.</summary>
    public static string Text(ResultFile<KernelRow> result)
    {
        (double peak, double copy) = Limits(result);
        StringBuilder text = new(
            $"## Kernels alone\n\n{result.Machine}; {result.Rounds} round(s), one thread, {result.Limits![0].Simd}. ");
        text.Append("Data of each call lie beyond the caches; bytes are counted from the shapes. ");
        text.Append("Tiles (Winograd) are counted as the direct sum, of whose products they do a quarter, or half where the window is a row.\n");
        text.Append(string.Create(
            CultureInfo.InvariantCulture, $"The machine's limits: multiply-adds {peak:f0} GFLOP/s, copying {copy:f1} GB/s read and written.\n\n"));
        MarkdownTable table = new("kernel", "on", "GFLOP/s", "over the peak", "GB/s", "over copying", "flops a byte");
        foreach (IGrouping<string, KernelRow> kernel in ByKernel(result))
        {
            KernelRow any = kernel.First();
            Spread flops = Spread.Of(kernel.Select(row => row.Gflops)), bytes = Spread.Of(kernel.Select(row => row.Gbs));
            table.Add(
                any.Kernel, any.Shape, flops.Text("f0"), Number(flops.Median / peak), bytes.Text("f1"), Number(bytes.Median / copy),
                (any.Flops / any.Bytes).ToString("f1", CultureInfo.InvariantCulture));
        }

        return text.Append(table).ToString();

        static string Number(double value) => value.ToString("f2", CultureInfo.InvariantCulture);
    }

    /// <summary>The picture.</summary>
    public static string Svg(ResultFile<KernelRow> result)
    {
        (double peak, double copy) = Limits(result);
        List<Series> series = [];
        foreach (IGrouping<string, KernelRow> kernel in result.Rows.GroupBy(row => row.Kernel))
        {
            series.Add(new Series(kernel.Key, [.. kernel.GroupBy(row => row.Shape).Select(Point)]) { Mark = Mark.Scatter });
        }

        double left = 0.8 * result.Rows.Min(row => row.Flops / row.Bytes), right = 1.25 * result.Rows.Max(row => row.Flops / row.Bytes);
        series.Insert(0, Series.Of("the machine's limits", [left, peak / copy, right], [copy * left, peak, peak]) with { Dashed = true });
        return new Chart
        {
            Title = "Kernels under the machine's roof",
            Subtitle = string.Create(
                CultureInfo.InvariantCulture,
                $"{result.Machine.Cpu}, one thread, {result.Limits![0].Simd}: {peak:f0} GFLOP/s, {copy:f0} GB/s; medians of {result.Rounds} rounds"),
            Note = "Bytes are counted from the shapes, each input and output once; data lie beyond the caches. Tiles are counted as the direct "
                + "sum, of whose products they do a quarter (half in a row), and so may stand above the roof.",
            Width = 820,
            PlotHeight = 380,
            X = new Axis("operations a byte", Log: true) { Minimum = left, Maximum = right },
            Y = new Axis("GFLOP/s", Log: true),
            Series = series,
        }.ToSvg();

        static DataPoint Point(IGrouping<string, KernelRow> rows)
        {
            Spread flops = Spread.Of(rows.Select(row => row.Gflops));
            KernelRow any = rows.First();
            return new DataPoint(any.Flops / any.Bytes, flops.Median, Hover: $"{any.Kernel}, {any.Shape}: {flops.Text("f0")} GFLOP/s");
        }
    }

    private static IEnumerable<IGrouping<string, KernelRow>> ByKernel(ResultFile<KernelRow> result) =>
        result.Rows.GroupBy(row => $"{row.Kernel} {row.Shape}");

    private static (double Peak, double Copy) Limits(ResultFile<KernelRow> result) => (
        Spread.Of(result.Limits!.Select(limit => limit.PeakGflops)).Median, Spread.Of(result.Limits!.Select(limit => limit.CopyGbs)).Median);

    private static double Time(KernelCase one)
    {
        one.Run();
        return Spread.Of(Enumerable.Range(0, Calls).Select(_ =>
        {
            long start = Stopwatch.GetTimestamp();
            one.Run();
            return Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        })).Median;
    }
}
