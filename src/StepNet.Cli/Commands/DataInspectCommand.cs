using System.CommandLine;
using System.Text.Encodings.Web;
using System.Text.Json;
using StepNet.Data;
using StepNet.Export;
using StepNet.Imaging;

namespace StepNet.Cli.Commands;

/// <summary><c>stepnet data inspect</c>: what is in a data set.</summary>
internal static class DataInspectCommand
{
    private const string Summary = "Shows what is in a data set: classes, sizes, images, duplicates, what cannot be read.";

    private const string Details =
        """
        Looks at every item of a folder of images, of a .csv, .tsv or .jsonl file of texts, or of a set by
        its name. Files that are no images are listed; --bad-files stop ends at the first.
        """;

    private const string Examples =
        """
        stepnet data inspect pictures --grid pictures.png
        stepnet data inspect reviews.csv --label-column stars --json
        stepnet data inspect cifar10
        """;

    // Class names are for people to read: they stay as they are.
    private static readonly DataInspectionJson s_jsonForm = new(new JsonSerializerOptions(DataInspectionJson.Default.Options)
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    });

    private static readonly OwnDataArguments s_own = new();

    private static readonly DownloadArguments s_download = new();

    private static readonly Option<string?> s_grid = Options.Of<string?>(
        "--grid", "file", "Writes a PNG file with the first training images of each class, a row a class.", text => text);

    private static readonly Option<bool> s_json = new("--json") { Description = "Writes one JSON object instead of tables." };

    internal static Command Create()
    {
        Argument<string> data = new("data");
        data.CompletionSources.Add(TrainingData.Names);
        GroupedCommand command = new(
            "inspect", Summary, Details, Examples,
            [new("Data", [.. s_own.Options]), new("Download", [.. s_download.Options]), new("View", s_grid, s_json)])
        {
            data,
        };
        command.SetAction(parsed => Run(parsed, parsed.GetValue(data)!));
        return command;
    }

    private static int Run(ParseResult parsed, string data)
    {
        DatasetEntry entry = Entry(data, new ResolvedOptions(parsed));
        string? grid = OutputFile.Checked("--grid", parsed.GetValue(s_grid));
        if (grid is not null && entry.ItemShape.Dims.Length != 3)
        {
            throw new UsageException($"--grid belongs to images, and {entry.Name} has none. Leave it out.");
        }

        bool isPublished = entry.Files.Count > 0;
        string place = !isPublished ? "" : DownloadArguments.Fetch(entry, s_download.Read(new ResolvedOptions(parsed)));
        (IDataset train, IDataset test) = entry.Load(place);
        DataInspection inspection = entry.Inspection ?? DataInspection.Of(entry, train, test);
        if (grid is not null)
        {
            AtomicFile.Write(grid, stream => stream.Write(PngEncoder.Encode(ImageGrid.Draw(train))));
        }

        if (parsed.GetValue(s_json))
        {
            Console.Out.WriteLine(JsonSerializer.Serialize(inspection, s_jsonForm.DataInspection));
        }
        else
        {
            DataInspectionTables.Write(Console.Out, inspection);
        }

        return ExitCode.Ok;
    }

    private static DatasetEntry Entry(string data, ResolvedOptions options)
    {
        string place;
        try
        {
            place = OwnDataArguments.NameOrPath(data);
        }
        catch (FormatException e)
        {
            throw new UsageException(e.Message);
        }

        if (!TrainingData.Names.Contains(place))
        {
            return s_own.Open(place, options, length: null, BadItems.Skip);
        }

        s_own.RefuseAll(options, place);
        return DatasetCatalog.Find(place);
    }
}
