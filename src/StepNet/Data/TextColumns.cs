using System.Globalization;

namespace StepNet.Data;

/// <summary>Which columns of a table are the text and the label, by what the user says, else by names and contents.</summary>
/// <param name="Names">All columns: names of the header, or numbers from 1.</param>
/// <param name="HasHeader">Whether the first row is the names.</param>
/// <param name="Text">Indices of the columns of the text, to be joined.</param>
/// <param name="Label">Index of the column of the label.</param>
internal sealed record TextColumns(IReadOnlyList<string> Names, bool HasHeader, IReadOnlyList<int> Text, int Label)
{
    private static readonly string[] s_labelNames = ["label", "class", "category", "target", "sentiment", "topic"];

    private static readonly string[] s_textNames = ["text", "content", "sentence", "body", "message", "review", "comment"];

    /// <exception cref="DataException">A column that was named is not there, or the choice is ambiguous.</exception>
    internal static TextColumns Choose(TextTable table, TextFileOptions options)
    {
        (IReadOnlyList<string> names, bool header) = NamesOf(table, options);
        TextRow[] rows = [.. table.Rows.Skip(header && table.Keys is null ? 1 : 0).Where(row => row.Fields.Length == names.Count)];
        if (names.Count < 2)
        {
            if (table.Keys is not null)
            {
                throw new DataException($"'{table.Path}' has {(names.Count == 0 ? "no key" : $"the one key '{names[0]}'")} in its objects; "
                    + "expected two or more, for text and label, such as {\"text\": \"...\", \"label\": \"...\"}.");
            }

            bool semicolons = names[0].Contains(';', StringComparison.Ordinal);
            throw new DataException($"'{table.Path}' has the one column '{names[0]}'; expected two or more, for text and label"
                + (semicolons ? ", with commas between them, not semicolons." : ". Save it with commas, or as .tsv with tabs."));
        }

        int[] texts = [.. options.TextColumns.Select(column => Index(table, names, column, "--text-column"))];
        int label = options.LabelColumn is string asked ? Index(table, names, asked, "--label-column")
            : One(names, s_labelNames, Except(texts))
            ?? OnlyOf([.. Except(texts).Where(column => LooksLikeLabels(rows, column))])
            ?? throw Ambiguous(table, names, "label", "--label-column");
        texts = texts.Length > 0 ? texts
            : [One(names, s_textNames, Except([label])) ?? OnlyOf(Except([label])) ?? throw Ambiguous(table, names, "text", "--text-column")];
        return !texts.Contains(label) ? new TextColumns(names, header, texts, label) : throw new DataException(
            $"'{table.Path}': column '{names[label]}' cannot be both text and label. Name two columns with --text-column and --label-column.");

        // A column with lists or objects in it is neither unless it is asked for.
        int[] Except(int[] taken) => [.. Enumerable.Range(0, names.Count).Except(taken).Where(column => !rows.Any(row => row.Nested.Contains(column)))];
    }

    /// <summary>The same columns in another file of the same form.</summary>
    /// <exception cref="DataException">One of them is not there.</exception>
    internal TextColumns In(TextTable other)
    {
        IReadOnlyList<string> names = other.Keys ?? (HasHeader ? other.Rows[0].Fields : Names);
        return names.SequenceEqual(Names) ? this : this with
        {
            Names = names,
            Text = [.. Text.Select(column => Index(other, names, Names[column], "--text-column"))],
            Label = Index(other, names, Names[Label], "--label-column"),
        };
    }

    private static (IReadOnlyList<string> Names, bool Header) NamesOf(TextTable table, TextFileOptions options)
    {
        if (table.Keys is not null)
        {
            return (table.Keys, true);
        }

        string[] first = table.Rows[0].Fields;
        string[] numbers = [.. Enumerable.Range(1, first.Length).Select(n => n.ToString(CultureInfo.InvariantCulture))];
        string[] asked = [.. options.TextColumns, .. options.LabelColumn is string label ? [label] : Array.Empty<string>()];

        // A name that is asked for stands in a header. Otherwise a first row is one where no field of it, but an empty one, comes again in its column.
        bool header = asked.Any(column => !numbers.Contains(column))
            || !table.Rows.Skip(1).Any(row => row.Fields.Zip(first).Any(field => field.First.Length > 0 && field.First == field.Second));
        return (header ? first : numbers, header);
    }

    private static int Index(TextTable table, IReadOnlyList<string> names, string column, string option)
    {
        int index = names.ToList().IndexOf(column);
        return names.Count(name => name == column) > 1
            ? throw new DataException($"'{table.Path}' has several columns '{column}'. Give {option} their number, from 1.")
            : index >= 0 ? index
            : int.TryParse(column, NumberStyles.None, CultureInfo.InvariantCulture, out int number) && number >= 1 && number <= names.Count
            ? number - 1
            : throw new DataException($"'{table.Path}' has no column '{column}'; it has {string.Join(", ", names)}. "
                + $"Correct {option}: a name, or a number from 1.");
    }

    private static int? One(IReadOnlyList<string> names, string[] known, int[] columns) =>
        OnlyOf([.. columns.Where(column => known.Contains(names[column].Trim().ToLowerInvariant()))]);

    private static int? OnlyOf(int[] columns) => columns.Length == 1 ? columns[0] : null;

    // Few values, each short and often there.
    private static bool LooksLikeLabels(TextRow[] rows, int column) =>
        rows.All(row => row.Fields[column].Length <= 40)
        && rows.Select(row => row.Fields[column]).Distinct().Count() is int values && values >= 2 && values <= Math.Max(2, rows.Length / 4);

    private static DataException Ambiguous(TextTable table, IReadOnlyList<string> names, string what, string option) => new(
        $"'{table.Path}': which column is the {what}? It has {string.Join(", ", names)}. Name it with {option}.");
}
