using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace StepNet.Experiments.Studies;

/// <summary>Text files that readers see whole: the old one or the new one.</summary>
internal static class SmallFile
{
    /// <summary>
    /// Writes by a rename, without waiting for the disk: after a power cut the old state may be back, and then a trial runs again.
    /// What must not be lost is the kind's to flush.
    /// </summary>
    internal static void Write(string path, string text)
    {
        string scratch = $"{path}.{System.IO.Path.GetRandomFileName()}.tmp";
        try
        {
            File.WriteAllText(scratch, text, new UTF8Encoding(false));
            File.Move(scratch, path, overwrite: true);
        }
        catch
        {
            File.Delete(scratch);
            throw;
        }
    }

    /// <summary>What is written as indented JSON, with a line end behind it.</summary>
    internal static string Json(Action<Utf8JsonWriter> write)
    {
        using MemoryStream memory = new();
        using (Utf8JsonWriter json = new(memory, new JsonWriterOptions { Indented = true, NewLine = "\n", Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            write(json);
        }

        return Encoding.UTF8.GetString(memory.ToArray()) + "\n";
    }

    /// <summary>The file's text; null where there is none.</summary>
    internal static string? Read(string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }
}
