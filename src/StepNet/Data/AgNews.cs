using System.Text;

namespace StepNet.Data;

/// <summary>
/// AG's news (Zhang, Zhao, LeCun 2015): 120,000 + 7,600 short texts of four classes, from the official <c>train.csv</c> and
/// <c>test.csv</c>. A text is title and description, joined by a space.
/// </summary>
public static class AgNews
{
    /// <summary>Characters of an item in the papers.</summary>
    public const int DefaultLength = 1014;

    private const string Title = "AG's news";

    private static readonly string[] s_names = ["train.csv", "test.csv"];

    /// <summary>The four classes; the files count them from 1.</summary>
    public static IReadOnlyList<string> Classes { get; } = ["World", "Sports", "Business", "Sci/Tech"];

    /// <summary>The training set.</summary>
    /// <param name="folder">Folder of the two files.</param>
    /// <param name="length">Characters of an item, at least 1.</param>
    /// <exception cref="DataException">A file is missing, is no CSV, or holds a class outside 1 to 4.</exception>
    public static TextDataset LoadTrain(string folder, int length = DefaultLength) => Load(folder, s_names[0], length);

    /// <summary>The test set.</summary>
    /// <inheritdoc cref="LoadTrain"/>
    public static TextDataset LoadTest(string folder, int length = DefaultLength) => Load(folder, s_names[1], length);

    /// <summary>The files that a load of <paramref name="folder"/> reads.</summary>
    internal static IReadOnlyList<string> Locate(string folder) => [.. s_names.Select(name => Path.Combine(folder, name))];

    private static TextDataset Load(string folder, string name, int length)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        string path = Path.Combine(folder, name);
        if (!File.Exists(path))
        {
            throw new DataException(Directory.Exists(folder)
                ? $"{Title}: folder '{folder}' holds no {name}. Put the official train.csv and test.csv there."
                : $"{Title}: there is no folder '{folder}'. Name the folder that holds train.csv and test.csv.");
        }

        try
        {
            return Parse(path, length);
        }
        catch (DecoderFallbackException e)
        {
            throw new DataException($"{Title}: '{path}' is no UTF-8 text ({DataErrors.OneLine(e)}). Fetch it anew.", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw DataErrors.Unreadable(Title, path, e);
        }
    }

    private static TextDataset Parse(string path, int length)
    {
        List<string> texts = [];
        List<int> labels = [];
        using StreamReader file = new(path, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true));
        CsvReader csv = new(file, $"{Title}: '{path}'");
        while (csv.Read())
        {
            IReadOnlyList<string> fields = csv.Fields;
            if (fields.Count != 3)
            {
                throw new DataException($"{Title}: line {csv.Line} of '{path}' has {fields.Count} fields, expected 3: class, title, "
                    + "description. Fetch the file anew.");
            }

            labels.Add(fields[0] is ['1' or '2' or '3' or '4'] ? fields[0][0] - '1' : throw new DataException(
                $"{Title}: line {csv.Line} of '{path}' has class '{fields[0]}'; classes are 1 to 4. The file is damaged or another set: "
                + "fetch it anew."));
            texts.Add(fields[1].Length == 0 ? fields[2] : $"{fields[1]} {fields[2]}");
        }

        return texts.Count > 0 ? new TextDataset(texts, labels, length, Classes)
            : throw new DataException($"{Title}: '{path}' is empty. Fetch it anew.");
    }
}
