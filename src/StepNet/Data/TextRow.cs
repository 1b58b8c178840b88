namespace StepNet.Data;

/// <summary>A row of a table of texts.</summary>
/// <param name="Line">Where it begins in the file, from 1.</param>
/// <param name="Fields">Its fields as they stand there.</param>
internal sealed record TextRow(int Line, string[] Fields);
