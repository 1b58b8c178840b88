using System.Text;

namespace StepNet.Data;

/// <summary>
/// Reads comma-separated values by RFC 4180 and nothing looser: a field in quotes may hold commas, doubled quotes and line breaks;
/// a quote elsewhere is an error. Between tabs, where few programs quote, a record is a line, and a quote is a character like others unless
/// it opens a field and another closes it.
/// </summary>
/// <param name="reader">The text; lines end with LF or CR LF.</param>
/// <param name="place">What messages begin with: whose file it is.</param>
/// <param name="separator">What stands between fields: a comma or a tab.</param>
internal sealed class CsvReader(TextReader reader, string place, char separator = ',')
{
    // A quote that never closes would otherwise swallow the rest of the file.
    private const int MaxFieldLength = 1 << 20;

    private readonly List<string> _fields = [];
    private readonly StringBuilder _field = new();
    private int _nextLine = 1;

    /// <summary>The fields of the record just read.</summary>
    internal IReadOnlyList<string> Fields => _fields;

    /// <summary>Number, from 1, of the line where that record begins.</summary>
    internal int Line { get; private set; }

    /// <summary>Reads the next record; false behind the last.</summary>
    /// <exception cref="DataException">The quotes do not balance, or a field has over a million characters.</exception>
    internal bool Read()
    {
        _fields.Clear();
        Line = _nextLine;
        if (reader.Peek() < 0)
        {
            return false;
        }

        if (separator == '\t')
        {
            ReadTabs(reader.ReadLine()!);
        }
        else
        {
            int end;
            do
            {
                _ = _field.Clear();
                end = reader.Peek() == '"' ? QuotedField() : PlainField();
                _fields.Add(_field.ToString());
            }
            while (end == separator);
        }

        _nextLine++;
        return true;
    }

    private void ReadTabs(string line)
    {
        int at = -1;
        do
        {
            int start = at + 1, close = ClosingQuote(line, start), tab = line.IndexOf('\t', start);
            at = close >= 0 ? close + 1 : tab >= 0 ? tab : line.Length;
            _fields.Add(close >= 0 ? line[(start + 1)..close].Replace("\"\"", "\"", StringComparison.Ordinal) : line[start..at]);
        }
        while (at < line.Length);
    }

    // Of a quote that opens a field, the one before a tab or the end; -1 where there is none.
    private static int ClosingQuote(string line, int start)
    {
        if (start == line.Length || line[start] != '"')
        {
            return -1;
        }

        int at = start + 1;
        while (at < line.Length && (line[at] != '"' || (at + 1 < line.Length && line[at + 1] == '"')))
        {
            at += line[at] == '"' ? 2 : 1;
        }

        return at < line.Length && (at + 1 == line.Length || line[at + 1] == '\t') ? at : -1;
    }

    /// <returns>What ended the field: the separator, a line feed, or -1 for the end of the text.</returns>
    private int PlainField()
    {
        while (true)
        {
            int c = Next();
            if (c == separator || c is '\n' or < 0)
            {
                return c;
            }

            Append(c != '"' ? (char)c : throw Fault(_nextLine, "a quote inside a field that does not begin with one"), _nextLine);
        }
    }

    private int QuotedField()
    {
        int opened = _nextLine;
        _ = reader.Read();
        while (true)
        {
            // Raw: inside quotes a line break belongs to the field as it is.
            int c = reader.Read();
            if (c == '"' && reader.Peek() != '"')
            {
                int end = Next();
                return end == separator || end is '\n' or < 0 ? end : throw Fault(opened,
                    $"the field that opens here closes on line {_nextLine} before '{(char)end}', where a comma or the end of the line must stand");
            }

            if (c < 0)
            {
                throw Fault(opened, "the field that opens here never closes");
            }

            Append((char)(c == '"' ? reader.Read() : c), opened);
            _nextLine += c == '\n' ? 1 : 0;
        }
    }

    // CR LF counts as LF.
    private int Next()
    {
        int c = reader.Read();
        return c == '\r' && reader.Peek() == '\n' ? reader.Read() : c;
    }

    private void Append(char c, int opened) => _ = _field.Length < MaxFieldLength ? _field.Append(c)
        : throw Fault(opened, $"a field that opens here has over {MaxFieldLength} characters");

    private DataException Fault(int line, string what) =>
        new($"{place}: unbalanced quotes on line {line}: {what}. Correct the line or fetch the file anew.");
}
