namespace StepNet.Data.Download;

/// <summary>How far a file has come.</summary>
/// <param name="File">Its name.</param>
/// <param name="Bytes">What is there, what an earlier run left included.</param>
/// <param name="TotalBytes">What there will be; null where the server does not say.</param>
/// <param name="BytesPerSecond">Mean since this connection began; 0 at its start.</param>
public readonly record struct DownloadProgress(string File, long Bytes, long? TotalBytes, double BytesPerSecond)
{
    /// <summary>Estimate of the seconds left; null where it cannot be told.</summary>
    public double? RemainingSeconds =>
        TotalBytes is long total && BytesPerSecond > 0 ? Math.Max(0, total - Bytes) / BytesPerSecond : null;

    /// <summary>Whether all has come.</summary>
    public bool IsComplete => Bytes == TotalBytes;
}
