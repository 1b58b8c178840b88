using StepNet.Data.Download;

namespace StepNet.Cli;

/// <summary>Shows how a download goes.</summary>
internal sealed class DownloadDisplay
{
    private readonly ProgressLine _line = new(isSlow: true);

    internal void Show(DownloadProgress progress) => _line.Show(Describe(progress), progress.IsComplete);

    private static string Describe(DownloadProgress progress)
    {
        string size = progress.TotalBytes is long total ? $"{Mega(progress.Bytes)} of {Mega(total)} MB" : $"{Mega(progress.Bytes)} MB";
        string rate = progress.BytesPerSecond > 0 ? $"  {Mega(progress.BytesPerSecond)} MB/s" : "";
        bool goesOn = progress.RemainingSeconds > 0;
        return $"{progress.File}  {size}{rate}{(goesOn ? $"  eta {Progress.Duration(progress.RemainingSeconds!.Value)}" : "")}";
    }

    private static string Mega(double bytes) => $"{bytes / 1e6:f1}";
}
