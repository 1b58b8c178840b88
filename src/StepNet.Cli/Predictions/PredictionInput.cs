using StepNet.Data;
using StepNet.Export;
using StepNet.Imaging;
using StepNet.Inference;
using StepNet.Nn;

namespace StepNet.Cli.Predictions;

/// <summary>One item to classify: where it comes from, and how it becomes what the network reads.</summary>
/// <param name="Name">Of the file, or <c>file:line</c>, or the row of an array.</param>
/// <param name="Prepare">Fills in the numbers of the item; an <see cref="ImageException"/> where it cannot be read.</param>
/// <param name="IsPicture">Whether it is normalised on the way.</param>
internal sealed record PredictionInput(string Name, Action<Classifier, Memory<float>> Prepare, bool IsPicture = false)
{
    /// <summary>Standard input, as <c>--input</c> names it.</summary>
    internal const string StandardInput = "-";

    private const string Arrays = ".npy";

    private static readonly string[] s_pictures = [".jpg", ".jpeg", ".png", ".bmp"];

    /// <summary>
    /// The items that a path stands for: a picture, all pictures in a folder, the lines of a text file or of standard input, the rows of
    /// a <c>.npy</c> array.
    /// </summary>
    /// <param name="path">As it was given.</param>
    /// <param name="classifier">What is to read them.</param>
    /// <exception cref="UsageException">There is nothing, or nothing that the network reads.</exception>
    /// <exception cref="NpyException">The array is damaged.</exception>
    internal static IEnumerable<PredictionInput> At(string path, Classifier classifier)
    {
        if (path == StandardInput)
        {
            return classifier.ReadsTexts ? Lines(Console.In, path) : throw new UsageException(
                $"--input -: lines of text, and {classifier.Card.Name} reads {Kind(classifier)}. Name files or folders.");
        }

        if (Directory.Exists(path))
        {
            string[] files = FolderFiles.Below(path);
            return files.Length > 0 ? files.SelectMany(file => OfFile(file, classifier)) : throw new UsageException($"--input '{path}' is an empty folder. Put files there.");
        }

        return File.Exists(path) ? OfFile(path, classifier)
            : throw new UsageException($"--input '{path}': there is no such file or folder. Name one, or - for lines of text on standard input.");
    }

    private static IEnumerable<PredictionInput> OfFile(string path, Classifier classifier)
    {
        if (path.EndsWith(Arrays, StringComparison.OrdinalIgnoreCase))
        {
            return Rows(path, classifier);
        }

        if (classifier.ReadsTexts)
        {
            string ending = Path.GetExtension(path).ToLowerInvariant();
            if (ending is ".csv" or ".tsv" or ".jsonl" || s_pictures.Contains(ending))
            {
                throw new UsageException($"--input '{path}' is no file of texts by its name; a text stands on each line, and nothing else. Write the texts into a .txt file.");
            }

            return Lines(new StreamReader(path), path);
        }

        return classifier.ReadsImages
            ? [new PredictionInput(path, (reader, item) => reader.Prepare(ImageDecoders.Load(path, ImageDecoders.PhotographMaxPixels), item.Span), IsPicture: true)]
            : throw new UsageException($"--input '{path}': {classifier.Card.Name} reads {Kind(classifier)}. Give them as a .npy file.");
    }

    private static IEnumerable<PredictionInput> Rows(string path, Classifier classifier)
    {
        NdArray array = NpyFile.Read(path);
        int size = classifier.Card.Item.ItemCount;
        return array.Dims.Skip(1).SequenceEqual(classifier.Card.Item.Dims) && array.Dims[0] > 0
            ? Enumerable.Range(0, array.Dims[0]).Select(i => new PredictionInput(
                $"{path}:{i}", (_, item) => array.Values.AsMemory(i * size, size).CopyTo(item)))
            : throw new UsageException(
                $"--input '{path}': an array [{string.Join(", ", array.Dims)}], expected [N, {string.Join(", ", classifier.Card.Item.Dims)}] "
                + $"for {classifier.Card.Name}, N at least 1, of items as the network reads them. Write such a one.");
    }

    private static IEnumerable<PredictionInput> Lines(TextReader reader, string path)
    {
        using (reader)
        {
            for (int number = 1; reader.ReadLine() is string line; number++)
            {
                string text = line.Trim();
                yield return new PredictionInput($"{path}:{number}", (classifier, item) => classifier.Prepare(text, item.Span));
            }
        }
    }

    private static string Kind(Classifier classifier) => classifier.ReadsImages ? $"images {classifier.Card.Item}" : $"items {classifier.Card.Item}";
}
