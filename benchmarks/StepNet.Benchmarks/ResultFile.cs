using System.Text.Json;

namespace StepNet.Benchmarks;

/// <summary>What one command measured, as it is stored: everything that tables and figures are made of.</summary>
/// <param name="Machine">Where and with what.</param>
/// <param name="Command">What was typed behind the program's name.</param>
/// <param name="Rounds">Rounds.</param>
/// <param name="Rows">Raw rows.</param>
/// <param name="Limits">The machine's limits, where they were measured.</param>
/// <param name="Figures">What the rows say, with targets and verdicts; read again, they are computed anew.</param>
internal sealed record ResultFile<TRow>(
    MachineInfo Machine, string Command, int Rounds, IReadOnlyList<TRow> Rows,
    IReadOnlyList<LimitRow>? Limits = null, IReadOnlyList<Figure>? Figures = null)
{
    /// <summary>Null where there is no such file.</summary>
    /// <exception cref="InvalidDataException">The file is another one.</exception>
    public static ResultFile<TRow>? Read(string path)
    {
        try
        {
            return File.Exists(path) ? JsonSerializer.Deserialize<ResultFile<TRow>>(File.ReadAllText(path), Row.Json) : null;
        }
        catch (JsonException e)
        {
            throw new InvalidDataException($"{path} is no result of this program: {e.Message} Measure again with --save.", e);
        }
    }

    /// <summary>As JSON with a line for every row, so that a newer run shows what changed.</summary>
    public void Write(string path)
    {
        List<string> parts =
        [
            $"\"machine\": {Text(Machine)}", $"\"command\": {Text(Command)}", $"\"rounds\": {Rounds}",
        ];
        AddLines("figures", Figures);
        AddLines("limits", Limits);
        AddLines("rows", Rows);
        File.WriteAllText(path, $"{{\n{string.Join(",\n", parts)}\n}}\n");

        void AddLines<T>(string name, IReadOnlyList<T>? values)
        {
            if (values?.Count > 0)
            {
                parts.Add($"\"{name}\": [\n{string.Join(",\n", values.Select(value => "  " + Text(value)))}\n]");
            }
        }
    }

    private static string Text<T>(T value) => JsonSerializer.Serialize(value, Row.Json);
}
