namespace StepNet.Cli;

/// <summary>Rows of text in columns as wide as they need; for readers and for <c>awk</c>.</summary>
internal static class Table
{
    /// <summary>Writes a header and rows, two spaces between columns.</summary>
    /// <param name="writer">Where to.</param>
    /// <param name="header">Names of the columns; one that starts with '&gt;' is aligned right.</param>
    /// <param name="rows">As many cells each as there are columns.</param>
    internal static void Write(TextWriter writer, string[] header, IReadOnlyList<string[]> rows)
    {
        string[] names = [.. header.Select(name => name.TrimStart('>'))];
        int[] widths = [.. names.Select((name, i) => rows.Select(row => row[i].Length).Append(name.Length).Max())];
        foreach (string[] row in rows.Prepend(names))
        {
            IEnumerable<string> cells = row.Select((cell, i) =>
                header[i].StartsWith('>') ? cell.PadLeft(widths[i]) : cell.PadRight(widths[i]));
            writer.WriteLine(string.Join("  ", cells).TrimEnd());
        }
    }
}
