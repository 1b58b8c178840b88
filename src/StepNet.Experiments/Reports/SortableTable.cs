using System.Globalization;
using System.Text;
using StepNet.Experiments.Charts;

namespace StepNet.Experiments.Reports;

/// <summary>A table that a click on a column's name sorts; a second click turns it round. Without scripts it stays as it came.</summary>
/// <param name="Columns">Names of the columns.</param>
/// <param name="Rows">Cells, as many in every row as there are columns; numbers with a decimal point.</param>
public sealed record SortableTable(IReadOnlyList<string> Columns, IReadOnlyList<IReadOnlyList<string>> Rows) : SectionPart
{
    internal override void Write(StringBuilder html)
    {
        if (Rows.FirstOrDefault(row => row.Count != Columns.Count) is { } odd)
        {
            throw new ArgumentException($"A table of {Columns.Count} columns ({string.Join(", ", Columns)}) has a row of {odd.Count} cells.");
        }

        // Some trials have no number ("diverged"), and some names look like one.
        string[] styles = [.. Columns.Select((_, column) => 2 * Rows.Count(row => IsNumber(row[column])) > Rows.Count ? " class=\"number\"" : "")];
        html.Append("<div class=\"scroll\">\n<table>\n<thead><tr>");
        for (int column = 0; column < styles.Length; column++)
        {
            html.Append($"<th scope=\"col\"{styles[column]}><button type=\"button\">{SvgWriter.Escape(Columns[column])}</button></th>");
        }

        html.Append("</tr></thead>\n<tbody>\n");
        foreach (IReadOnlyList<string> row in Rows)
        {
            html.Append("<tr>");
            for (int column = 0; column < styles.Length; column++)
            {
                html.Append($"<td{styles[column]}>{SvgWriter.Escape(row[column])}</td>");
            }

            html.Append("</tr>\n");
        }

        html.Append("</tbody>\n</table>\n</div>\n");
    }

    private static bool IsNumber(string cell) => double.TryParse(cell, NumberStyles.Float, CultureInfo.InvariantCulture, out _);
}
