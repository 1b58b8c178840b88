using System.CommandLine;
using System.Text;
using StepNet.Tests;

namespace StepNet.Benchmarks;

/// <summary>From stored rows to the page of a processor: tables and picture, nothing by hand.</summary>
internal static class Report
{
    public const string TableFolder = "table", SecondFolder = "second", GrowthFile = "growth.json", RecomputationFile = "recompute.json", SimdFile = "simd.json", RooflineFile = "roofline.json";

    private const string Page = "README.md", Picture = "roofline.svg";

    /// <summary>Of this processor.</summary>
    public static string DefaultFolder => Path.Combine(Checkout.Root, "benchmarks", "results", Machine.CpuFolder);

    public static Command Command()
    {
        Option<string> folder = new("--folder") { Description = "Folder of the rows.", DefaultValueFactory = _ => DefaultFolder };
        Command command = new("report", "The page and the picture of stored rows again, without measuring.") { folder };
        command.SetAction(parsed => Console.WriteLine($"Written to {Write(parsed.GetRequiredValue(folder))}"));
        return command;
    }

    /// <summary>Writes page and picture beside the rows that there are.</summary>
    /// <returns>The page's path.</returns>
    /// <exception cref="InvalidDataException">A file holds no rows.</exception>
    public static string Write(string folder)
    {
        StringBuilder text = new("# Results\n\nMade from the rows beside it by `StepNet.Benchmarks report`; see [benchmarks](../../README.md).\n\n");
        ResultFile<Row>[] table = [.. Table(folder)];
        foreach (int threads in table.Select(result => result.Rows[0].Threads).Distinct().Order())
        {
            text.Append(TableReport.Text([.. table.Where(result => result.Rows[0].Threads == threads)], threads));
        }

        text.Append(Repetition.Text(table, [.. Table(Path.Combine(folder, SecondFolder))]));
        if (ResultFile<Row>.Read(Path.Combine(folder, GrowthFile)) is { } growth)
        {
            text.Append(Growth.Text(growth));
        }

        if (ResultFile<Row>.Read(Path.Combine(folder, RecomputationFile)) is { } recomputation)
        {
            text.Append(Recomputation.Text(recomputation));
        }

        if (ResultFile<Row>.Read(Path.Combine(folder, SimdFile)) is { } simd)
        {
            text.Append(SimdPaths.Text(simd));
        }

        if (ResultFile<KernelRow>.Read(Path.Combine(folder, RooflineFile)) is { } kernels)
        {
            text.Append(Roofline.Text(kernels)).Append($"![Kernels under the machine's roof]({Picture})\n");
            File.WriteAllText(Path.Combine(folder, Picture), Roofline.Svg(kernels));
        }

        string page = Path.Combine(folder, Page);
        File.WriteAllText(page, text.ToString().TrimEnd() + "\n");
        return page;
    }

    // In the order of the table; a case that it no longer has is left aside.
    private static IEnumerable<ResultFile<Row>> Table(string folder) =>
        from of in Cases.Table
        from file in Directory.Exists(Path.Combine(folder, TableFolder))
            ? Directory.GetFiles(Path.Combine(folder, TableFolder), $"{of.Name}-*.json")
            : []
        let result = ResultFile<Row>.Read(file)
        where result.Rows.Count > 0 && result.Rows[0].Case == of.Name
        select result;
}
