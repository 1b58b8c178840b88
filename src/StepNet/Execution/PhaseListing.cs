namespace StepNet.Execution;

/// <summary>A phase of a planned program: the steps between two points that need the whole batch.</summary>
/// <param name="Number">Number, from 1.</param>
/// <param name="Group">Items of the batch that go through the steps together.</param>
/// <param name="Nodes">Unbatched nodes, then those over the whole batch, then the steps item by item.</param>
public sealed record PhaseListing(int Number, int Group, IReadOnlyList<NodeListing> Nodes);
