using System.Globalization;
using System.Text;

namespace StepNet.Benchmarks;

/// <summary>Two runs of the table beside each other: ratios that do not come again are no findings.</summary>
internal static class Repetition
{
    // The second may differ by this share of the first.
    private const double Most = 0.2;

    // Waiting for the first step depends on what the disk has in its cache, so it is no ratio to hold against another day.
    private static readonly Measurand[] s_compared =
        [Measurand.OverBest, Measurand.OverDefault, Measurand.OverOnnxRuntime, Measurand.OverPeak, Measurand.Memory];

    /// <summary>What both runs have, of any number of threads; empty where they share nothing.</summary>
    public static string Text(IReadOnlyList<ResultFile<Row>> first, IReadOnlyList<ResultFile<Row>> second)
    {
        MarkdownTable table = new("case, threads", "figure", "first run", "second run", "second over first", $"within {Most:p0}");
        var pairs =
            from a in first.SelectMany(Of)
            join b in second.SelectMany(Of) on (a.Case, a.Threads, a.Measurand) equals (b.Case, b.Threads, b.Measurand)
            where s_compared.Contains(a.Measurand)
            select (a, b);
        foreach ((Figure a, Figure b) in pairs)
        {
            double ratio = b.Median / a.Median;
            table.Add(
                $"{a.Case}, {a.Threads}", Words(a.Measurand), Spread(a), Spread(b), ratio.ToString("f2", CultureInfo.InvariantCulture),
                Math.Abs(ratio - 1) <= Most ? "yes" : "no");
        }

        return table.IsEmpty ? "" : new StringBuilder("## A second run\n\n")
            .AppendJoin('\n', second.Select(result => $"{result.Machine}; {result.Rounds} round(s).").Distinct())
            .Append("\n\n").Append(table).ToString();
    }

    private static IEnumerable<Figure> Of(ResultFile<Row> result) =>
        Cases.Table.FirstOrDefault(one => one.Name == result.Rows[0].Case) is Case of
            ? Figures.Of(of, result.Rows[0].Threads, result.Rows, result.Limits ?? [])
            : [];

    private static string Spread(Figure figure) => new Spread(figure.Median, figure.Min, figure.Max).Text("f2");

    private static string Words(Measurand measurand) => measurand switch
    {
        Measurand.OverBest => "speed over PyTorch's best",
        Measurand.OverDefault => "speed over PyTorch as it comes",
        Measurand.OverOnnxRuntime => "speed over onnxruntime-node's",
        Measurand.OverPeak => "multiply-adds over the peak",
        _ => "memory over PyTorch's least",
    };
}
