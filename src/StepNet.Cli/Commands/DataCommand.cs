using System.CommandLine;
using StepNet.Data;
using StepNet.Data.Download;

namespace StepNet.Cli.Commands;

/// <summary><c>stepnet data</c>: fetches published data sets, and shows what is in any.</summary>
internal static class DataCommand
{
    private const string Summary = "Fetches the published files of data sets into the cache, and checks those that are there.";

    private const string Examples =
        """
        stepnet data download cifar10 mnist
        STEPNET_CACHE=/scratch/data stepnet data download ag-news
        """;

    private static readonly DownloadArguments s_arguments = new();

    private static readonly string[] s_known = [.. DatasetCatalog.All.Where(entry => !entry.IsGenerated).Select(entry => entry.Name)];

    private static readonly string s_details =
        $"""
        Data sets: {string.Join(", ", s_known)}.
        The folder of each set goes to stdout, a line each; progress goes to stderr. A download that
        broke off goes on where it stopped.
        """;

    internal static Command Create() => new("data", "Fetches published data sets; looks into any.") { CreateDownload(), DataInspectCommand.Create() };

    private static GroupedCommand CreateDownload()
    {
        Argument<string[]> names = new("data") { Arity = ArgumentArity.OneOrMore };
        names.CompletionSources.Add(s_known);
        GroupedCommand command = new("download", Summary, s_details, Examples, [new("Download", [.. s_arguments.Options])]) { names };
        command.SetAction(parsed =>
        {
            // All names first: a wrong one must not show after an hour of the one before.
            DatasetEntry[] entries = [.. parsed.GetValue(names)!.Select(Entry)];
            DownloadOptions options = s_arguments.Read(new ResolvedOptions(parsed));
            foreach (DatasetEntry entry in entries)
            {
                Console.Out.WriteLine(DownloadArguments.Fetch(entry, options));
            }

            return ExitCode.Ok;
        });
        return command;
    }

    // An option with a slip in it arrives here too.
    private static DatasetEntry Entry(string name) => s_known.Contains(name) ? DatasetCatalog.Find(name)
        : throw new UsageException($"'{name}' is no published data set; expected {string.Join(", ", s_known)}."
            + (Nearest.To(name, [.. s_known, .. s_arguments.Options.Select(option => option.Name)]) is string near ? $" Did you mean {near}?" : ""));
}
