namespace StepNet.Data;

/// <summary>A file in a folder of classes.</summary>
/// <param name="Path">Below the folder, with slashes on every system.</param>
/// <param name="Label">Index of its class.</param>
/// <param name="Part">What the folder says that it is for; null where nothing is said.</param>
internal sealed record ImageFile(string Path, int Label, DataPart? Part);
