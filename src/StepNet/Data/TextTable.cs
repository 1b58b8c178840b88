using System.Text;
using System.Text.Json;
using System.Text.Unicode;

namespace StepNet.Data;

/// <summary>The rows of a CSV, TSV or JSON Lines file as texts.</summary>
internal sealed class TextTable
{
    private readonly List<TextRow> _rows = [];

    private TextTable(string path) => Path = path;

    /// <summary>The file, as the user named it.</summary>
    internal string Path { get; }

    /// <summary>All rows; of CSV and TSV the first may be a header.</summary>
    internal IReadOnlyList<TextRow> Rows => _rows;

    /// <summary>Names of the columns that JSON gives; null for CSV and TSV.</summary>
    internal IReadOnlyList<string>? Keys { get; private set; }

    /// <exception cref="DataException">The file cannot be read, is no UTF-8, or has another form than its name says.</exception>
    internal static TextTable Read(string path)
    {
        string extension = System.IO.Path.GetExtension(path).ToLowerInvariant();
        if (extension is not (".csv" or ".tsv" or ".jsonl"))
        {
            throw new DataException($"'{path}' is no file of texts by its name; expected .csv, .tsv or .jsonl. Rename or convert it.");
        }

        TextTable table = new(path);
        try
        {
            byte[] bytes = File.ReadAllBytes(path);
            CheckUtf8(path, bytes);

            // The reader takes a byte-order mark away.
            using StreamReader text = new(new MemoryStream(bytes), Encoding.UTF8);
            if (extension == ".jsonl")
            {
                table.ReadJson(text);
            }
            else
            {
                table.ReadFields(new CsvReader(text, $"'{path}'", extension == ".tsv" ? '\t' : ','));
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw DataErrors.Unreadable("texts", path, e);
        }

        return table._rows.Count > 0 ? table : throw new DataException($"'{path}' is empty; expected a row for each text.");
    }

    private static void CheckUtf8(string path, byte[] bytes)
    {
        if (bytes is [0xFF, 0xFE, ..] or [0xFE, 0xFF, ..])
        {
            throw new DataException($"'{path}' is UTF-16; expected UTF-8. Save it as UTF-8.");
        }

        if (Utf8.IsValid(bytes))
        {
            return;
        }

        int at = 0;
        while (Rune.DecodeFromUtf8(bytes.AsSpan(at), out _, out int length) == System.Buffers.OperationStatus.Done)
        {
            at += length;
        }

        int line = 1 + bytes.AsSpan(0, at).Count((byte)'\n');
        throw new DataException($"'{path}' line {line}: byte 0x{bytes[at]:X2} is no UTF-8 text. Save the file as UTF-8.");
    }

    private void ReadFields(CsvReader csv)
    {
        while (csv.Read())
        {
            // A blank line is no row.
            if (csv.Fields is not [""])
            {
                _rows.Add(new TextRow(csv.Line, [.. csv.Fields], []));
            }
        }
    }

    // Rows may lack what others have: the columns are the keys of all.
    private void ReadJson(StreamReader text)
    {
        List<string> keys = [];
        List<(int Line, Dictionary<string, (string Text, bool IsNested)> Values)> rows = [];
        int number = 0;
        while (text.ReadLine() is string line)
        {
            number++;
            if (string.IsNullOrWhiteSpace(line))
            {
                continue;
            }

            try
            {
                using JsonDocument json = JsonDocument.Parse(line);
                Dictionary<string, (string, bool)> values = [];
                foreach (JsonProperty property in json.RootElement.EnumerateObject())
                {
                    values[property.Name] = (Text(property.Value), property.Value.ValueKind is JsonValueKind.Object or JsonValueKind.Array);
                }

                keys.AddRange(values.Keys.Except(keys));
                rows.Add((number, values));
            }
            catch (Exception e) when (e is JsonException or InvalidOperationException)
            {
                throw new DataException($"'{Path}' line {number} is no JSON object; expected one a line, "
                    + "such as {\"text\": \"...\", \"label\": \"...\"}. Correct the line.", e);
            }
        }

        Keys = keys;
        _rows.AddRange(rows.Select(row => new TextRow(
            row.Line,
            [.. keys.Select(key => row.Values.GetValueOrDefault(key).Text ?? "")],
            [.. keys.Index().Where(key => row.Values.GetValueOrDefault(key.Item).IsNested).Select(key => key.Index)])));
    }

    private static string Text(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => value.GetString()!,
        JsonValueKind.Null => "",
        _ => value.GetRawText(),
    };
}
