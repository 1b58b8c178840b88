using System.Runtime.InteropServices;
using System.Text.RegularExpressions;

namespace StepNet.Data;

/// <summary>A text with its label, as a file has them.</summary>
/// <param name="Name">File and line.</param>
/// <param name="Text">Columns joined by a space, without white space at its ends.</param>
/// <param name="Label">Name of the class.</param>
internal sealed partial record LabelledText(string Name, string Text, string Label)
{
    /// <summary>Of the text as it is.</summary>
    internal UInt128 ExactHash => ItemFacts.HashOf(MemoryMarshal.AsBytes(Text.AsSpan()));

    /// <summary>Of the text in lower case with every run of white space as one blank.</summary>
    internal UInt128 Hash => ItemFacts.HashOf(MemoryMarshal.AsBytes(WhiteSpace().Replace(Text, " ").ToLowerInvariant().AsSpan()));

    /// <summary>The rows of a table.</summary>
    /// <param name="table">Whose rows.</param>
    /// <param name="columns">Where text and label stand.</param>
    /// <param name="badRows">What to do where a row cannot be used.</param>
    /// <param name="bad">Receives such rows.</param>
    /// <exception cref="DataException">A row cannot be used, and bad rows are not to be skipped.</exception>
    internal static List<LabelledText> Read(TextTable table, TextColumns columns, BadItems badRows, List<BadItem> bad)
    {
        List<LabelledText> items = [];
        foreach (TextRow row in table.Rows.Skip(columns.HasHeader && table.Keys is null ? 1 : 0))
        {
            string name = $"'{table.Path}' line {row.Line}";
            bool whole = row.Fields.Length == columns.Names.Count;
            string text = whole ? string.Join(' ', columns.Text.Select(column => row.Fields[column].Trim()).Where(part => part.Length > 0)) : "";
            string label = whole ? row.Fields[columns.Label].Trim() : "";
            int nested = row.Nested.FirstOrDefault(column => column == columns.Label || columns.Text.Contains(column), -1);
            string? fault = nested >= 0 ? $"a list or an object in '{columns.Names[nested]}' instead of a text, a number, true or false"
                : !whole ? $"{row.Fields.Length} fields instead of {columns.Names.Count}"
                : label.Length == 0 ? $"no label in column '{columns.Names[columns.Label]}'"
                : text.Length == 0 ? $"no text in column '{string.Join("', '", columns.Text.Select(column => columns.Names[column]))}'"
                : null;
            if (fault is null)
            {
                items.Add(new LabelledText(name, text, label));
            }
            else if (badRows == BadItems.Skip)
            {
                bad.Add(new BadItem(name, fault));
            }
            else
            {
                throw new DataException($"{name} has {fault}. Correct the line, or leave bad rows out with --bad-files skip.");
            }
        }

        return items;
    }

    [GeneratedRegex(@"\s+")]
    private static partial Regex WhiteSpace();
}
