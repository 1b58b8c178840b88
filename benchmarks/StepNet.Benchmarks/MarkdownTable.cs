using System.Text;

namespace StepNet.Benchmarks;

/// <summary>A table of Markdown whose columns stand under each other, so that it reads as plain text too.</summary>
internal sealed class MarkdownTable(params string[] head)
{
    private readonly List<string[]> _rows = [];

    public bool IsEmpty => _rows.Count == 0;

    public void Add(params string[] cells) => _rows.Add(cells);

    /// <summary>The table, with a blank line behind it.</summary>
    public override string ToString()
    {
        StringBuilder text = new();
        int[] widths = [.. head.Select((cell, i) => Math.Max(3, _rows.Append(head).Max(row => row[i].Length)))];
        Write(head);
        Write([.. widths.Select(width => new string('-', width))]);
        _rows.ForEach(Write);
        return text.Append('\n').ToString();

        void Write(string[] row) =>
            text.Append("| ").AppendJoin(" | ", row.Select((cell, i) => cell.PadRight(widths[i]))).Append(" |\n");
    }
}
