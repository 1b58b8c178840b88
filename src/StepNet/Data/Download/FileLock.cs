namespace StepNet.Data.Download;

/// <summary>A lock between processes: an open file, which the system closes with its process, however that ends.</summary>
/// <remarks>The file stays: removing it would let a third process lock a new one beside whoever waits on the old.</remarks>
internal static class FileLock
{
    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(100);

    /// <summary>Waits for the lock; disposing the result gives it back.</summary>
    /// <param name="path">File of the lock, in a folder that exists.</param>
    /// <param name="onWait">Called once where another process has it.</param>
    /// <param name="cancellation">Ends the wait.</param>
    /// <exception cref="IOException">The file cannot be made.</exception>
    internal static async Task<IDisposable> WaitAsync(string path, Action onWait, CancellationToken cancellation)
    {
        for (bool waited = false; ; waited = true)
        {
            try
            {
                return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException e) when (IsHeld(e))
            {
                if (!waited)
                {
                    onWait();
                }
            }

            await Task.Delay(s_pause, cancellation).ConfigureAwait(false);
        }
    }

    // Linux and macOS report EWOULDBLOCK, by their own numbers; Windows a sharing violation.
    private static bool IsHeld(IOException e) =>
        e.HResult == (OperatingSystem.IsWindows() ? unchecked((int)0x80070020) : OperatingSystem.IsMacOS() ? 35 : 11);
}
