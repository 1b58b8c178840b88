using System.Globalization;
using System.Text;

namespace StepNet.Experiments.Studies;

/// <summary>A CSV file with a header, as runs and trials write them.</summary>
/// <param name="Columns">Names of the columns.</param>
/// <param name="Rows">Cells by row.</param>
public sealed record CsvTable(IReadOnlyList<string> Columns, IReadOnlyList<IReadOnlyList<string>> Rows)
{
    /// <summary>Reads a file; a last row that a killed process left unfinished is not counted.</summary>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static CsvTable Read(string path)
    {
        string text = File.ReadAllText(path);
        int end = text.LastIndexOf('\n');
        List<IReadOnlyList<string>> rows = [.. end < 0 ? [] : text[..end].Split('\n').Select(line => Fields(line.TrimEnd('\r')))];
        IReadOnlyList<string> columns = rows.Count > 0 ? rows[0] : [];
        return new CsvTable(columns, [.. rows.Skip(1).Where(row => row.Count == columns.Count)]);
    }

    /// <summary>Index of a column; -1 where there is none.</summary>
    public int Find(string column)
    {
        for (int i = 0; i < Columns.Count; i++)
        {
            if (Columns[i] == column)
            {
                return i;
            }
        }

        return -1;
    }

    /// <summary>A cell as a number; NaN where it is empty or none.</summary>
    public static double Number(string cell) =>
        double.TryParse(cell, NumberStyles.Float, CultureInfo.InvariantCulture, out double value) ? value : double.NaN;

    /// <summary>A line of CSV with its end; cells with commas, quotes or line ends come in quotes.</summary>
    public static string Line(IEnumerable<string> cells) => string.Join(',', cells.Select(cell =>
        cell.AsSpan().IndexOfAny(",\"\n\r") < 0 ? cell : $"\"{cell.Replace("\"", "\"\"", StringComparison.Ordinal)}\"")) + "\n";

    /// <summary>The table as text.</summary>
    public string ToCsv() => Rows.Aggregate(new StringBuilder(Line(Columns)), (text, row) => text.Append(Line(row))).ToString();

    // Cells of our own files hold no line ends.
    private static List<string> Fields(string line)
    {
        List<string> fields = [];
        StringBuilder field = new();
        bool quoted = false;
        for (int i = 0; i < line.Length; i++)
        {
            char c = line[i];
            if (quoted && c == '"' && i + 1 < line.Length && line[i + 1] == '"')
            {
                _ = field.Append('"');
                i++;
            }
            else if (c == '"')
            {
                quoted = !quoted;
            }
            else if (c == ',' && !quoted)
            {
                fields.Add(field.ToString());
                _ = field.Clear();
            }
            else
            {
                _ = field.Append(c);
            }
        }

        fields.Add(field.ToString());
        return fields;
    }
}
