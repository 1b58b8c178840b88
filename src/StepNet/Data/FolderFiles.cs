using System.IO.Enumeration;

namespace StepNet.Data;

/// <summary>The files of a folder as training and prediction read them.</summary>
public static class FolderFiles
{
    /// <summary>Files in a folder and the folders below, in ordinal order. What is hidden (a dot in front) is left out, and so are links to folders, which could lead in circles.</summary>
    /// <param name="folder">The folder; what comes back begins with it as it is written.</param>
    /// <exception cref="IOException">It cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">It, or one below, may not be read.</exception>
    public static string[] Below(string folder)
    {
        FileSystemEnumerable<string> files = new(
            folder, (ref FileSystemEntry entry) => entry.ToSpecifiedFullPath(), new EnumerationOptions { RecurseSubdirectories = true, IgnoreInaccessible = false })
        {
            ShouldIncludePredicate = (ref FileSystemEntry entry) => !entry.IsDirectory && entry.FileName[0] != '.',
            ShouldRecursePredicate = (ref FileSystemEntry entry) =>
                entry.FileName[0] != '.' && (entry.Attributes & FileAttributes.ReparsePoint) == 0,
        };
        return [.. files.Order(StringComparer.Ordinal)];
    }
}
