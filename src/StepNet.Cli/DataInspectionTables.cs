using System.Globalization;
using StepNet.Data;

namespace StepNet.Cli;

/// <summary>What <c>stepnet data inspect</c> prints without <c>--json</c>.</summary>
internal static class DataInspectionTables
{
    private const int MaxListed = 20;

    internal static void Write(TextWriter writer, DataInspection data)
    {
        int items = data.Classes.Sum(one => one.Train + one.Validation + one.Test);
        writer.WriteLine($"{data.Name}: {items:n0} {data.Kind}, {data.Classes.Count:n0} classes\n");
        Table.Write(
            writer, ["class", ">train", ">validation", ">test"],
            [.. data.Classes.Select(one => new[] { one.Name, Text(one.Train), Text(one.Validation), Text(one.Test) })]);
        writer.WriteLine();
        Table.Write(
            writer, ["size", ">min", ">median", ">max"],
            [.. data.Sizes.Select(size => new[] { size.Name, Text(size.Min), Text(size.Median), Text(size.Max) })]);
        writer.WriteLine();
        if (data.GreyItems + data.ColourItems > 0)
        {
            writer.WriteLine($"channels    {data.GreyItems:n0} grey, {data.ColourItems:n0} colour");
        }

        writer.WriteLine($"imbalance   {data.Imbalance:f1} training items of the largest class for one of the smallest");
        writer.WriteLine($"duplicates  {data.Duplicates.Count:n0}, of which {data.Duplicates.Count(same => same.AcrossParts):n0} across parts, "
            + $"{data.Duplicates.Count(same => same.AcrossClasses):n0} across classes");
        List(writer, data.Duplicates.OrderByDescending(same => same.AcrossParts || same.AcrossClasses), Describe);
        writer.WriteLine($"unreadable  {data.Bad.Count:n0}");
        List(writer, data.Bad, bad => $"{bad.Name}: {bad.Reason}");
        writer.WriteLine($"left out    {data.Strays.Count:n0} beside the class folders");
        List(writer, data.Strays, stray => stray);
        writer.WriteLine($"digest      {data.Digest}");
    }

    private static string Describe(DuplicateItems same) => string.Join(" = ", same.Items)
        + (same.AcrossParts ? "  (across parts)" : "") + (same.AcrossClasses ? "  (across classes)" : "");

    private static void List<T>(TextWriter writer, IEnumerable<T> lines, Func<T, string> describe)
    {
        foreach ((int i, T line) in lines.Index().Take(MaxListed + 1))
        {
            writer.WriteLine(i < MaxListed ? $"  {describe(line)}" : "  ...; --json lists all");
        }
    }

    private static string Text(int number) => number.ToString("n0", CultureInfo.InvariantCulture);
}
