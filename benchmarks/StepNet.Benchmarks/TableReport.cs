using System.Globalization;
using System.Text;

namespace StepNet.Benchmarks;

/// <summary>The table in words: what was reached, what it was measured from, and what to distrust.</summary>
internal static class TableReport
{
    // Busy processors that a system shows with nothing else to do.
    private const double Quiet = 0.2;

    /// <summary>All cases of a number of threads.</summary>
    /// <param name="results">Of one case each.</param>
    /// <param name="threads">Threads; targets are judged with one.</param>
    public static string Text(IReadOnlyList<ResultFile<Row>> results, int threads)
    {
        if (results.Count == 0)
        {
            return "";
        }

        LimitRow[] limits = [.. results.SelectMany(result => result.Limits ?? [])];
        (Case Case, IReadOnlyList<Row> Rows, IReadOnlyList<Figure> Figures)[] lines =
        [
            .. from result in results
               let of = Cases.Table.FirstOrDefault(one => one.Name == result.Rows[0].Case)
               where of is not null
               select (of, result.Rows, Figures.Of(of, threads, result.Rows, result.Limits ?? [])),
        ];
        StringBuilder text = new();
        text.Append($"## {threads} thread{(threads == 1 ? "" : "s")}\n\n");
        text.AppendJoin('\n', results.Select(result => $"{result.Machine}; {result.Rounds} round(s).").Distinct()).Append('\n');
        text.Append("Median [least-greatest] of the rounds; ratios are taken within a round.\n");
        if (limits.Length > 0)
        {
            string peak = Text(limits.Select(limit => limit.PeakGflops), "f0"), copy = Text(limits.Select(limit => limit.CopyGbs), "f1");
            text.Append($"The machine's limits ({limits[0].Simd}): multiply-adds {peak} GFLOP/s, copying {copy} GB/s read and written.\n");
        }

        bool judged = threads == 1;
        text.Append('\n').Append(Speeds(lines.Select(line => (line.Case, line.Figures)), judged));
        text.Append(Others(lines.Select(line => (line.Case, line.Figures)), judged));
        text.Append(Measured(lines.Select(line => (line.Case, line.Rows))));
        text.Append(Memory(lines.Select(line => (line.Case, line.Rows))));
        foreach (string warning in Warnings(lines.Select(line => (line.Case, line.Rows))))
        {
            text.Append($"Warning: {warning}\n\n");
        }

        return text.ToString();
    }

    private static string Speeds(IEnumerable<(Case Case, IReadOnlyList<Figure> Figures)> lines, bool judged)
    {
        string[] head = ["StepNet's speed", "over PyTorch's best", "over PyTorch as it comes"];
        MarkdownTable table = new(judged ? [head[0], head[1], "target", "", head[2], "target", ""] : head);
        foreach ((Case of, IReadOnlyList<Figure> figures) in lines)
        {
            string[] cells =
            [
                of.Title, .. new[] { Measurand.OverBest, Measurand.OverDefault }.SelectMany(measurand => Judged(of, figures, measurand, judged)),
            ];
            table.Add(cells);
        }

        return table.ToString();
    }

    private static string Others(IEnumerable<(Case Case, IReadOnlyList<Figure> Figures)> lines, bool judged)
    {
        (Measurand Measurand, string Words)[] others =
        [
            (Measurand.OverOnnxRuntime, "speed over onnxruntime-node's"),
            (Measurand.OverPeak, "direct multiply-adds a second over the machine's peak"),
            (Measurand.Memory, "memory over the least of PyTorch's"),
            (Measurand.FirstStep, "launch to the end of the first step, s"),
        ];
        MarkdownTable table = judged ? new("other figures", "measured", "target", "") : new("other figures", "measured");
        foreach ((Case of, IReadOnlyList<Figure> figures) in lines)
        {
            foreach ((Measurand measurand, string words) in others)
            {
                if (of.Goals.Any(goal => goal.Measurand == measurand))
                {
                    table.Add([$"{of.Title}: {words}", .. Judged(of, figures, measurand, judged)]);
                }
            }
        }

        return table.IsEmpty ? "" : table.ToString();
    }

    private static string[] Judged(Case of, IReadOnlyList<Figure> figures, Measurand measurand, bool judged)
    {
        Figure? figure = figures.FirstOrDefault(figure => figure.Measurand == measurand);
        string measured = figure is null ? "-" : new Spread(figure.Median, figure.Min, figure.Max).Text("f2");
        return judged
            ? [measured, of.Goals.FirstOrDefault(goal => goal.Measurand == measurand)?.ToString() ?? "", figure?.Verdict ?? (figure is null ? "not measured" : "")]
            : [measured];
    }

    private static string Measured(IEnumerable<(Case Case, IReadOnlyList<Row> Rows)> lines)
    {
        string[] variants = [Row.Ours, "default", "channels_last", "tuned", Row.OnnxRuntime];
        MarkdownTable table = new("items a second (batch 1: ms)", "StepNet", "PyTorch as it comes", "channels_last", "tuned", "onnxruntime-node");
        foreach ((Case of, IReadOnlyList<Row> rows) in lines)
        {
            table.Add([of.Title, .. variants.Select(variant => Text(
                rows.Where(row => row.Variant == variant).Select(row => of.Batch == 1 ? 1e3 / row.ItemsPerSecond : row.ItemsPerSecond),
                of.Batch == 1 ? "f2" : "f0"))]);
        }

        return table.ToString();
    }

    private static string Memory(IEnumerable<(Case Case, IReadOnlyList<Row> Rows)> lines)
    {
        MarkdownTable table = new(
            "memory, MiB; first step, s", "StepNet", "PyTorch as it comes", "channels_last", "tuned", "StepNet's first step", "PyTorch's as it comes");
        foreach ((Case of, IReadOnlyList<Row> rows) in lines)
        {
            table.Add(
            [
                of.Title,
                .. new[] { Row.Ours, "default", "channels_last", "tuned" }.Select(variant => Of(variant, row => row.PeakRssMib, "f0")),
                Of(Row.Ours, row => row.FirstStepSeconds, "f2"),
                Of("default", row => row.FirstStepSeconds, "f2"),
            ]);

            string Of(string variant, Func<Row, double?> number, string format) =>
                Text(rows.Where(row => row.Variant == variant).Select(number).OfType<double>(), format);
        }

        return table.ToString();
    }

    private static IEnumerable<string> Warnings(IEnumerable<(Case Case, IReadOnlyList<Row> Rows)> lines)
    {
        // PyTorch's threads wait for each other after every operation, so that one busy neighbour stops both.
        string[] busy =
        [
            .. from line in lines
               let most = line.Rows.Max(row => row.BusyBefore)
               where most > Quiet
               select string.Create(CultureInfo.InvariantCulture, $"{line.Case.Name} {most:f1}"),
        ];
        if (busy.Length > 0)
        {
            yield return $"others kept processors busy, up to: {string.Join(", ", busy)}. "
                + "That slows PyTorch down more than StepNet: do not publish these ratios.";
        }

        string[] lost = [.. lines.Where(line => line.Rows.Any(row => row.Loss is "NaN")).Select(line => line.Case.Name)];
        if (lost.Length > 0)
        {
            yield return $"StepNet's loss was NaN at the end of {string.Join(", ", lost)}.";
        }
    }

    private static string Text(IEnumerable<double> numbers, string format)
    {
        double[] known = [.. numbers];
        return known.Length == 0 ? "-" : Spread.Of(known).Text(format);
    }
}
