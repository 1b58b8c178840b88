namespace StepNet.Data.Download;

/// <summary>
/// The files of data sets on this machine, a folder for each set. A file stands there under its name only with its published bytes;
/// any number of processes may ask at the same time, and one of them fetches.
/// </summary>
/// <param name="folder">Folder of the cache; made when something is fetched.</param>
public sealed class DatasetCache(string folder)
{
    /// <summary>
    /// The user's cache: <c>STEPNET_CACHE</c>; else <c>stepnet</c> in <c>XDG_CACHE_HOME</c>, in <c>~/.cache</c>, or on Windows in the
    /// local application data.
    /// </summary>
    public static string DefaultFolder
    {
        get
        {
            string? own = Environment.GetEnvironmentVariable("STEPNET_CACHE"), xdg = Environment.GetEnvironmentVariable("XDG_CACHE_HOME");
            string parent = !string.IsNullOrEmpty(xdg) ? xdg
                : OperatingSystem.IsWindows() ? Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData)
                : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".cache");
            return string.IsNullOrEmpty(own) ? Path.Combine(parent, "stepnet") : own;
        }
    }

    /// <summary>Where the files of a set lie.</summary>
    public string FolderOf(DatasetEntry entry)
    {
        ArgumentNullException.ThrowIfNull(entry);
        return Path.Combine(folder, entry.Name);
    }

    /// <summary>Sees to it that all files of a set are there, with their published sums.</summary>
    /// <param name="entry">The set; nothing is done for a generated one.</param>
    /// <param name="options">How what is missing is fetched.</param>
    /// <param name="cancellation">Ends the download; what came is kept for the next.</param>
    /// <returns>The folder of the files.</returns>
    /// <exception cref="DataException">A file is missing and could not be fetched: which, why, and where to put it.</exception>
    public async Task<string> FetchAsync(DatasetEntry entry, DownloadOptions options, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        string place = FolderOf(entry);
        try
        {
            // First without the lock: a cache that is complete may be read-only.
            if (entry.Files.All(file => IsPublished(file, place)))
            {
                return place;
            }

            if (options.Offline)
            {
                throw Missing(entry, place);
            }

            Directory.CreateDirectory(place);
            using IDisposable held = await FileLock.WaitAsync(
                Path.Combine(place, ".lock"),
                () => options.OnNote?.Invoke($"{entry.Name}: another process is fetching it; waiting"),
                cancellation).ConfigureAwait(false);
            using Downloader downloader = new(entry.Name, place, options);
            foreach (DatasetFile file in entry.Files)
            {
                // Again: whoever had the lock before may have fetched it.
                if (!IsPublished(file, place))
                {
                    await downloader.FetchAsync(file, cancellation).ConfigureAwait(false);
                }
            }

            return place;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new DataException(
                $"{entry.Name}: the cache '{place}' cannot be used ({DataErrors.OneLine(e)}). Check the disk and the rights, or name another "
                + "folder with STEPNET_CACHE.", e);
        }
    }

    private static bool IsPublished(DatasetFile file, string place)
    {
        string path = Path.Combine(place, file.Name);
        try
        {
            return file.Matches(path);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            // Not there, or taken away by another process that found it damaged.
            return false;
        }
    }

    private static DataException Missing(DatasetEntry entry, string place)
    {
        DatasetFile[] missing = [.. entry.Files.Where(file => !IsPublished(file, place))];
        string what = string.Join(", ", missing.Select(file => $"{file.Name} (MD5 {file.Md5}, from {file.Mirrors[0]})"));
        return new DataException($"{entry.Name}: --offline, and '{place}' lacks {what}. Put {(missing.Length == 1 ? "it" : "them")} there, "
            + "or name a folder with --data-dir.");
    }
}
