using System.Collections.Concurrent;
using System.CommandLine;
using StepNet.Data;

namespace StepNet.Cli.Commands;

/// <summary>Options that say how a user's own folder of images or file of texts is read; commands that need data share them.</summary>
internal sealed class OwnDataArguments
{
    /// <summary>Name of the option that asks for certain items; checkpoints and trials keep what it would say of theirs.</summary>
    internal const string Digest = "data-digest";

    // By what is read and how: a study resolves its settings many times, and a folder takes seconds each time.
    private static readonly ConcurrentDictionary<(string, object), DatasetEntry> s_read = new();

    private readonly Option<int?> _imageSize = Cli.Options.Number(
        "--image-size", "n", 4, 4096, "Height and width that images of a folder are scaled and cut to", "32, 64 where most are as large; imagenet-resnetN 224; that of --weights");

    private readonly Option<string?> _textColumn = Cli.Options.Of<string?>(
        "--text-column", "name,...",
        "Columns of the text, by name or number from 1, joined by a space. [default: by names and contents]", text => text);

    private readonly Option<string?> _labelColumn = Cli.Options.Of<string?>(
        "--label-column", "name", "Column of the class, by name or number from 1. [default: by names and contents]", text => text);

    private readonly Option<string?> _testData = Cli.Options.Of<string?>(
        "--test-data", "file", "File of the test texts. [default: a fifth of each class of --data]", text => text);

    private readonly Option<string?> _badFiles = Cli.Options.Word(
        "--bad-files", "Files that are no images, and rows without text or label: end, or leave them out. [default: stop]", "stop", "skip");

    private readonly Option<ulong?> _splitSeed = Cli.Options.Number<ulong>(
        "--split-seed", "n", 0, ulong.MaxValue, "Seed by which test items are held out where the data have none", "0");

    // Where items lie is a setting of a run; what they are is not, but may be asked for.
    private readonly Option<string?> _digest = Cli.Options.Of<string?>(
        $"--{Digest}", "hex", "Refuses data whose items are not those of this digest, which 'stepnet data inspect' shows. [default: takes any]", text => text);

    /// <summary>All options, in the order of the help.</summary>
    internal IReadOnlyList<Option> Options => [_imageSize, _textColumn, _labelColumn, _testData, _badFiles, _splitSeed, _digest];

    /// <summary>What <c>--data</c> names: a set of the catalogue, or the full path of a folder or file.</summary>
    /// <exception cref="FormatException">Neither.</exception>
    internal static string NameOrPath(string text) => TrainingData.Names.Contains(text) ? text
        : Path.Exists(text) ? Path.TrimEndingDirectorySeparator(Path.GetFullPath(text))
        : throw new FormatException($"'{text}', expected {string.Join(" or ", TrainingData.Names)}, or a folder of images or a "
            + $".csv, .tsv or .jsonl file that is there.{Nearest.Hint(text, TrainingData.Names)}");

    /// <summary>Reads the folder or file.</summary>
    /// <param name="path">As <see cref="NameOrPath"/> gave it.</param>
    /// <param name="options">The command line.</param>
    /// <param name="length">Characters of a text; null to choose by the texts.</param>
    /// <param name="imageSize">Height and width of images where nothing is said; null to choose by the images.</param>
    /// <param name="badItems">What happens to bad files where nothing is said.</param>
    /// <exception cref="UsageException">An option belongs to the other kind of data, or the items are not those asked for.</exception>
    /// <exception cref="DataException">The data cannot be read.</exception>
    internal DatasetEntry Open(string path, ResolvedOptions options, int? length, BadItems badItems, int? imageSize = null)
    {
        DatasetEntry entry = Read(path, options, length, badItems, imageSize);
        string digest = entry.Inspection!.Digest;
        return options.Unkept(_digest) is not string asked || asked == digest ? entry
            : throw new UsageException(
                $"--data-digest {asked}: the items of '{path}' have {digest}. Give it the items it had, or leave --data-digest out.");
    }

    /// <summary>Sees to it that a set of the catalogue is not asked for what belongs to a user's own.</summary>
    /// <exception cref="UsageException">It is.</exception>
    internal void RefuseAll(ResolvedOptions options, string name) =>
        Refuse(options, Options, $"folders and files of your own, and --data is {name}");

    private DatasetEntry Read(string path, ResolvedOptions options, int? length, BadItems badItems, int? imageSize)
    {
        string word = options.Value(_badFiles, badItems == BadItems.Skip ? "skip" : "stop");
        badItems = word == "skip" ? BadItems.Skip : BadItems.Stop;
        ulong seed = options.Value(_splitSeed, 0ul);
        if (Directory.Exists(path))
        {
            Refuse(options, [_textColumn, _labelColumn, _testData], "texts, and --data is a folder of images");
            int? size = options.Unkept(_imageSize) ?? imageSize;
            DatasetEntry images = s_read.GetOrAdd((path, (size, badItems, seed)), _ => OpenImages(path, size, badItems, seed));
            _ = options.Value(_imageSize, images.ItemShape.Height);
            return images;
        }

        Refuse(options, [_imageSize], "images, and --data is a file of texts");
        (string? columns, string? label, string? tests) = (options.Value(_textColumn), options.Value(_labelColumn), options.Path(_testData));
        return s_read.GetOrAdd((path, (columns, label, tests, length, badItems, seed)), _ => TextFile.Open(path, new TextFileOptions
        {
            TextColumns = columns?.Split(',') ?? [],
            LabelColumn = label,
            TestFile = tests,
            Length = length,
            BadRows = badItems,
            SplitSeed = seed,
        }));
    }

    private static DatasetEntry OpenImages(string path, int? imageSize, BadItems badFiles, ulong seed)
    {
        ProgressLine line = new(isSlow: false);
        try
        {
            return ImageFolder.Open(path, new ImageFolderOptions
            {
                ImageSize = imageSize,
                BadFiles = badFiles,
                SplitSeed = seed,
                OnProgress = (done, all) => line.Show($"reading images  {done:n0} of {all:n0}", done == all),
            });
        }
        finally
        {
            line.End();
        }
    }

    private static void Refuse(ResolvedOptions options, IEnumerable<Option> others, string belongsTo)
    {
        if (others.FirstOrDefault(options.IsGiven) is Option stray)
        {
            throw new UsageException($"{stray.Name} belongs to {belongsTo}. Leave it out.");
        }
    }
}
