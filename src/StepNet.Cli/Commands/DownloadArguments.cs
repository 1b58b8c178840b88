using System.CommandLine;
using StepNet.Data;
using StepNet.Data.Download;

namespace StepNet.Cli.Commands;

/// <summary>Options that say how published files are fetched; commands that need them share them.</summary>
internal sealed class DownloadArguments
{
    private readonly Option<Uri?> _mirror = Cli.Options.Of<Uri?>(
        "--mirror", "url", "Asked before the published mirrors: files at URL/<data>/<file>. [default: STEPNET_MIRROR]", ParseMirror);

    private readonly Option<bool> _offline = new("--offline") { Description = "Leaves the network alone: what is not in the cache is an error." };

    /// <summary>All options, in the order of the help.</summary>
    internal IReadOnlyList<Option> Options => [_mirror, _offline];

    /// <summary>What was asked for.</summary>
    internal DownloadOptions Read(ResolvedOptions options) => new()
    {
        Mirror = options.Unkept(_mirror) ?? MirrorOfEnvironment(),
        Offline = options.Unkept(_offline),
        OnNote = Progress.Line,
        OnProgress = new DownloadDisplay().Show,
    };

    /// <summary>The same options for a process of one's own.</summary>
    internal IReadOnlyList<string> Words(ResolvedOptions options) =>
        [.. options.Unkept(_mirror) is Uri mirror ? ["--mirror", mirror.AbsoluteUri] : Array.Empty<string>(), .. options.Unkept(_offline) ? ["--offline"] : Array.Empty<string>()];

    /// <summary>The folder of a set's files in the user's cache, fetched where they are missing.</summary>
    internal static string Fetch(DatasetEntry entry, DownloadOptions options) =>
        new DatasetCache(DatasetCache.DefaultFolder).FetchAsync(entry, options).GetAwaiter().GetResult();

    private static Uri? MirrorOfEnvironment()
    {
        string? text = Environment.GetEnvironmentVariable("STEPNET_MIRROR");
        try
        {
            return string.IsNullOrEmpty(text) ? null : ParseMirror(text);
        }
        catch (FormatException e)
        {
            throw new UsageException($"STEPNET_MIRROR={e.Message}");
        }
    }

    private static Uri ParseMirror(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out Uri? url) && (url.Scheme == Uri.UriSchemeHttps || url.Scheme == Uri.UriSchemeHttp) ? url
            : throw new FormatException($"'{text}', expected a folder's address such as https://example.org/data.");
}
