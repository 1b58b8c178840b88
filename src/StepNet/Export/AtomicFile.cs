namespace StepNet.Export;

/// <summary>Writes a file whole or not at all: readers see the old one or the new one.</summary>
public static class AtomicFile
{
    /// <summary>
    /// Lets <paramref name="write"/> fill a scratch file beside <paramref name="path"/>, flushes it to the disk and renames it
    /// over the target. Where anything fails, the scratch file goes and the target stays as it was.
    /// </summary>
    /// <param name="path">Target, in a folder that exists.</param>
    /// <param name="write">Fills the file; what it throws comes through.</param>
    /// <param name="previous">Where the old file goes, in the same folder, once the new one is whole; null to replace it.</param>
    /// <exception cref="IOException">The file could not be written.</exception>
    public static void Write(string path, Action<Stream> write, string? previous = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentNullException.ThrowIfNull(write);
        string target = Path.GetFullPath(path);
        // Beside the target: a rename is atomic within one file system only. Random: two writers of one target must not
        // rename each other's half.
        string scratch = $"{target}.{Path.GetRandomFileName()}.tmp";
        FileStream stream = new(scratch, FileMode.CreateNew, FileAccess.Write, FileShare.None);
        try
        {
            using (stream)
            {
                write(stream);
                stream.Flush(flushToDisk: true);
            }

            if (previous is not null && File.Exists(target))
            {
                File.Move(target, previous, overwrite: true);
            }

            File.Move(scratch, target, overwrite: true);
            FolderSync.Flush(Path.GetDirectoryName(target)!);
        }
        catch (Exception e)
        {
            File.Delete(scratch);

            // What .NET makes of EFBIG.
            _ = e is ArgumentOutOfRangeException { ParamName: "value" }
                ? throw new IOException($"File too large for the limit set here (ulimit -f) : '{target}'", e) : 0;
            throw;
        }
    }
}
