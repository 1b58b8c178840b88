namespace StepNet.Cli;

/// <summary>A folder's lock. The system gives it back when the process ends, however it ends: a killed run leaves none.</summary>
internal static class RunLock
{
    /// <summary>Takes the lock; it is given back with the stream.</summary>
    /// <exception cref="UsageException">A live process has it.</exception>
    internal static FileStream Take(string folder)
    {
        try
        {
            return new FileStream(
                Path.Combine(folder, ".lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, 1, FileOptions.DeleteOnClose);
        }
        catch (IOException e) when (IsHeld(e))
        {
            throw new UsageException($"--out '{folder}' is in use by a live process. Wait for its end, or name another folder.");
        }
    }

    // EWOULDBLOCK of Linux and of BSD and macOS, ERROR_SHARING_VIOLATION of Windows.
    private static bool IsHeld(IOException e) => e.HResult is 11 or 35 or unchecked((int)0x80070020);
}
