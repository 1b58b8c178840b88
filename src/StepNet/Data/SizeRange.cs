namespace StepNet.Data;

/// <summary>A size over all items.</summary>
/// <param name="Name">Which: <c>width</c>, <c>height</c>, <c>characters</c>, or <c>values</c>.</param>
/// <param name="Min">The least.</param>
/// <param name="Median">The middle one; of an even number of items the upper.</param>
/// <param name="Max">The greatest.</param>
public sealed record SizeRange(string Name, int Min, int Median, int Max);
