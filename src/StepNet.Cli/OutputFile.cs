using System.Text;
using StepNet.Export;

namespace StepNet.Cli;

/// <summary>A file that a command writes when its work is done.</summary>
internal static class OutputFile
{
    /// <summary>Looks before the work begins whether the file can be there.</summary>
    /// <param name="option">Which option names it.</param>
    /// <param name="path">As it was given; null where it was not.</param>
    /// <returns>The path.</returns>
    /// <exception cref="UsageException">It is a folder, or its folder is not there.</exception>
    internal static string? Checked(string option, string? path)
    {
        if (path is null)
        {
            return null;
        }

        string folder = path.Length == 0 ? "" : Path.GetDirectoryName(Path.GetFullPath(path)) ?? "";
        return path.Length == 0 ? throw new UsageException($"{option} names no file. Name one.")
            : Directory.Exists(path) ? throw new UsageException($"{option} '{path}' is a folder. Name a file in it.")
            : Directory.Exists(folder) ? path
            : throw new UsageException($"{option} '{path}': there is no folder '{folder}'. Make it first.");
    }

    /// <summary>Writes a text, whole or not at all.</summary>
    internal static void Write(string path, string text) => AtomicFile.Write(path, stream => stream.Write(Encoding.UTF8.GetBytes(text)));
}
