using System.Runtime.InteropServices;

namespace StepNet.Export;

/// <summary>Makes the names in a folder outlive a power cut: on Unix a rename is on the disk when its folder is.</summary>
internal static partial class FolderSync
{
    /// <summary>Flushes the folder, where the system can; a file system that cannot has nothing to add.</summary>
    internal static void Flush(string folder)
    {
        // .NET opens no folders. Windows flushes names with their files.
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        int handle = Open(folder, flags: 0);
        if (handle >= 0)
        {
            _ = FSync(handle);
            _ = Close(handle);
        }
    }

    [LibraryImport("libc", EntryPoint = "open", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync")]
    private static partial int FSync(int handle);

    [LibraryImport("libc", EntryPoint = "close")]
    private static partial int Close(int handle);
}
