using System.Globalization;
using StepNet.Data;

namespace StepNet.Training;

/// <summary>What a run watched, read back from its <see cref="TapFile"/>: a column of numbers for each series.</summary>
public sealed class TapRows
{
    /// <summary>Name of the file in a run folder.</summary>
    public const string FileName = "taps.csv";

    internal const string StepColumn = "step";

    private readonly Dictionary<TapSeries, float[]> _columns;

    private TapRows(IReadOnlyList<TapSeries> series, IReadOnlyList<long> steps, Dictionary<TapSeries, float[]> columns)
    {
        (Series, Steps, _columns) = (series, steps, columns);
    }

    /// <summary>What was watched, in the order of the model.</summary>
    public IReadOnlyList<TapSeries> Series { get; }

    /// <summary>
    /// Number of the step that each row belongs to, from 0: weights, s and h as they were when it began, its activations and gradients.
    /// </summary>
    public IReadOnlyList<long> Steps { get; }

    /// <summary>The places that have a quantity, in the order of the model: with <see cref="TapQuantity.Skip"/>, all blocks.</summary>
    public IEnumerable<string> Places(string quantity) =>
        from series in Series where series.Quantity == quantity select series.Place;

    /// <summary>The numbers of one series, one for each of <see cref="Steps"/>; NaN or infinite where the run diverged.</summary>
    /// <param name="place">A parameter, layer or block: <c>layer1.0</c>.</param>
    /// <param name="quantity">See <see cref="TapQuantity"/>.</param>
    /// <exception cref="KeyNotFoundException">It was not watched.</exception>
    public IReadOnlyList<float> Of(string place, string quantity) =>
        _columns.TryGetValue(new TapSeries(place, quantity), out float[]? column) ? column : throw new KeyNotFoundException(
            $"'{place}' has no '{quantity}' in these rows. Places that have it: {string.Join(", ", Places(quantity).DefaultIfEmpty("none"))}.");

    /// <summary>Reads rows; one that is not finished yet, since its run is at work or was killed, is left out.</summary>
    /// <param name="path">The file, or the run folder that holds it.</param>
    /// <exception cref="DataException">There is none, or a line is no row; the message names it.</exception>
    public static TapRows Read(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        path = Directory.Exists(path) ? Path.Combine(path, FileName) : path;
        try
        {
            // A run that is at work may be writing.
            using FileStream stream = new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            using StreamReader reader = new(stream);
            return Read(path, reader);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new DataException($"'{path}' cannot be read ({e.Message.TrimEnd('.')}). A run writes it with --taps-every.", e);
        }
    }

    private static TapRows Read(string path, StreamReader reader)
    {
        string[] names = (reader.ReadLine() ?? "").Split(',');
        if (names[0] != StepColumn || !names.Skip(1).All(name => name.Contains(':', StringComparison.Ordinal)))
        {
            throw new DataException($"'{path}':1: no rows of taps: expected '{StepColumn}' and columns such as 'layer1.0:s'.");
        }

        TapSeries[] series = [.. names.Skip(1).Select(Series)];
        List<long> steps = [];
        List<float>[] columns = [.. series.Select(_ => new List<float>())];
        string? line = reader.ReadLine();
        while (line is not null)
        {
            string? next = reader.ReadLine();
            if (!Parse(line, steps, columns) && next is not null)
            {
                throw new DataException($"'{path}':{steps.Count + 2}: no row of a step and {series.Length} numbers.");
            }

            line = next;
        }

        return new TapRows(series, steps, series.Index().ToDictionary(pair => pair.Item, pair => columns[pair.Index].ToArray()));

        static TapSeries Series(string name)
        {
            int colon = name.LastIndexOf(':');
            return new TapSeries(name[..colon], name[(colon + 1)..]);
        }
    }

    // Adds a whole row or nothing.
    private static bool Parse(ReadOnlySpan<char> line, List<long> steps, List<float>[] columns)
    {
        if (line.Count(',') != columns.Length)
        {
            return false;
        }

        int column = -1;
        foreach (Range range in line.Split(','))
        {
            bool isNumber = column < 0
                ? long.TryParse(line[range], NumberStyles.None, CultureInfo.InvariantCulture, out long step) && Add(steps, step)
                : float.TryParse(line[range], NumberStyles.Float, CultureInfo.InvariantCulture, out float value) && Add(columns[column], value);
            if (!isNumber)
            {
                if (column >= 0)
                {
                    steps.RemoveAt(steps.Count - 1);
                }

                for (int i = 0; i < column; i++)
                {
                    columns[i].RemoveAt(columns[i].Count - 1);
                }

                return false;
            }

            column++;
        }

        return true;

        static bool Add<T>(List<T> list, T value)
        {
            list.Add(value);
            return true;
        }
    }
}
