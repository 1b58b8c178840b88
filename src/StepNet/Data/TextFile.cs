using StepNet.Graph;

namespace StepNet.Data;

/// <summary>A user's own texts: a CSV, TSV or JSON Lines file in UTF-8, a row for each text, with the class in one of its columns.</summary>
/// <remarks>
/// Without a test file a fifth of the texts of each class is held out for it, chosen by the texts themselves: files of equal
/// rows, in whatever order, give equal splits.
/// </remarks>
public static class TextFile
{
    private const int MinLength = 64;

    /// <summary>Reads all texts.</summary>
    /// <param name="path">The file.</param>
    /// <param name="options">How; null for the defaults.</param>
    /// <returns>A set that goes by the file's name without its ending.</returns>
    /// <exception cref="DataException">
    /// The file cannot be read, its columns are ambiguous, or a row has no text or label and bad rows are not to be skipped.
    /// </exception>
    public static DatasetEntry Open(string path, TextFileOptions? options = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        options ??= new TextFileOptions();
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(options.Length ?? 1, nameof(options.Length));
        TextTable table = TextTable.Read(path);
        TextColumns columns = TextColumns.Choose(table, options);
        List<BadItem> bad = [];
        List<LabelledText> items = LabelledText.Read(table, columns, options.BadRows, bad);
        List<LabelledText>? tests = null;
        if (options.TestFile is string testFile)
        {
            TextTable testTable = TextTable.Read(testFile);
            tests = LabelledText.Read(testTable, columns.In(testTable), options.BadRows, bad);
            if (tests.Count == 0)
            {
                throw new DataException($"'{testFile}' holds no text with a label; expected a row for each test text.");
            }
        }

        string[] classes = [.. items.Select(item => item.Label).Distinct().Order(StringComparer.Ordinal)];
        CheckClasses(path, columns, classes, items, tests);
        items = [.. StratifiedSplit.Order([.. items.Select(item => item.Text)], options.SplitSeed).Select(i => items[i])];
        Dictionary<string, int> labels = classes.Index().ToDictionary(one => one.Item, one => one.Index);
        DataPart[] parts = tests is null ? StratifiedSplit.Parts([.. items.Select(item => labels[item.Label])], classes.Length)
            : new DataPart[items.Count];
        List<LabelledText> train = Of(DataPart.Train), test = tests ?? Of(DataPart.Test);
        if (test.Count == 0)
        {
            throw new DataException($"'{path}': no text is left for testing: every class has a single one. "
                + "Give two or more of each, or --test-data.");
        }

        int length = options.Length ?? DefaultLength(train);
        string name = Path.GetFileNameWithoutExtension(path);
        return new DatasetEntry
        {
            Name = name,
            Source = Path.GetFullPath(path),
            IsText = true,
            ItemShape = Shape.Of(length),
            Classes = classes,
            TrainItems = train.Count,
            TestItems = test.Count,
            HoldsOutTests = tests is null,
            Inspection = DataInspection.Of(
                name, "texts", ["characters"], classes, [.. Facts(train, DataPart.Train), .. Facts(test, DataPart.Test)], bad, []),

            // The papers' head and width want a hundred thousand texts: of a few thousand this learns more, in a twentieth of the time.
            Defaults = new("text-resnet9", Epochs: 15, BatchSize: 64, LearningRate: 0.05, WeightDecay: 0, Augmentation: "none")
            {
                ModelWords = [new("head", "max"), new("width", "32")],
            },
            Loader = (entry, _) => (Dataset(train, entry.ItemShape.Channels), Dataset(test, entry.ItemShape.Channels)),
        };

        List<LabelledText> Of(DataPart part) => [.. items.Where((_, i) => parts[i] == part)];

        TextDataset Dataset(List<LabelledText> part, int characters) =>
            new([.. part.Select(item => item.Text)], [.. part.Select(item => labels[item.Label])], characters, classes);

        IEnumerable<ItemFacts> Facts(List<LabelledText> part, DataPart of) => part.Select(
            item => new ItemFacts(item.Name, of, labels[item.Label], item.Hash, [item.Text.Length], Channels: 0) { ExactHash = item.ExactHash });
    }

    private static void CheckClasses(
        string path, TextColumns columns, string[] classes, List<LabelledText> items, List<LabelledText>? tests)
    {
        string column = columns.Names[columns.Label];
        if (classes.Length < 2)
        {
            throw new DataException($"'{path}': column '{column}' holds {(classes.Length == 0 ? "no label" : $"the one label '{classes[0]}'")}; "
                + "expected two classes or more. Name another with --label-column.");
        }

        if (classes.Length > Math.Max(10, items.Count / 2))
        {
            throw new DataException($"'{path}': column '{column}' holds {classes.Length} different labels in {items.Count} rows; "
                + "expected classes of several texts each. Name another with --label-column.");
        }

        if (tests?.FirstOrDefault(item => !classes.Contains(item.Label)) is LabelledText stranger)
        {
            throw new DataException($"{stranger.Name} has the label '{stranger.Label}', which no training text has; "
                + $"expected {string.Join(", ", classes.Take(5))}{(classes.Length > 5 ? ", ..." : "")}. Correct it.");
        }
    }

    private static int DefaultLength(List<LabelledText> train)
    {
        int[] lengths = [.. train.Select(item => item.Text.Length).Order()];
        int most = lengths[(int)Math.Ceiling(0.95 * lengths.Length) - 1];
        return Math.Clamp((most + 7) / 8 * 8, MinLength, AgNews.DefaultLength);
    }
}
