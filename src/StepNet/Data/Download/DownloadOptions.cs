namespace StepNet.Data.Download;

/// <summary>How files are fetched.</summary>
public sealed record DownloadOptions
{
    /// <summary>Asked before the published mirrors: a folder at <c>http(s)</c> with a folder for each set, as the cache has it.</summary>
    public Uri? Mirror { get; init; }

    /// <summary>Whether the network is out of bounds: then what is missing is an error.</summary>
    public bool Offline { get; init; }

    /// <summary>How long a server may be silent before the next mirror is asked.</summary>
    public TimeSpan StallTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Told how far a file has come, some times a second.</summary>
    public Action<DownloadProgress>? OnProgress { get; init; }

    /// <summary>Told in one line what does not go straight: a mirror that failed, a wait for another process.</summary>
    public Action<string>? OnNote { get; init; }
}
