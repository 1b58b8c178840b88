namespace StepNet.Data;

/// <summary>Words that the readers' errors share.</summary>
internal static class DataErrors
{
    /// <summary>What a library reported, to stand inside a sentence.</summary>
    internal static string OneLine(Exception e) => e.Message.ReplaceLineEndings(" ").TrimEnd('.');

    /// <summary>A file or folder that the system does not let us read.</summary>
    internal static DataException Unreadable(string title, string place, Exception e) =>
        new($"{title}: '{place}' cannot be read ({OneLine(e)}). Check the disk and the rights.", e);
}
