namespace StepNet.Data;

/// <summary>A file or a row that cannot be used.</summary>
/// <param name="Name">Which: path within the folder, or file and line.</param>
/// <param name="Reason">Why, in a sentence without a full stop.</param>
public sealed record BadItem(string Name, string Reason);
