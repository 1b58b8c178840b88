namespace StepNet.Data;

/// <summary>A row of a table of texts.</summary>
/// <param name="Line">Where it begins in the file, from 1.</param>
/// <param name="Fields">Its fields as they stand there.</param>
/// <param name="Nested">Of JSON, indices of fields that hold a list or an object.</param>
internal sealed record TextRow(int Line, string[] Fields, IReadOnlyList<int> Nested);
