namespace StepNet.Execution;

/// <summary>A node of a program, as listings show it.</summary>
/// <param name="Id">Place in its graph.</param>
/// <param name="Operation">Operation with its settings.</param>
/// <param name="Module">Dotted module path; empty for the model itself.</param>
/// <param name="Shape">Shapes of its outputs.</param>
/// <param name="Bytes">Bytes of its outputs at the batch asked for, in logical order: without halos and padding.</param>
/// <param name="MultiplyAdds">Multiply-adds for one item of the batch: convolutions and linear layers, 0 for all else.</param>
/// <param name="Place">Before planning empty; then <c>store</c> (the whole batch), <c>scratch</c> (a thread's present items),
/// <c>small</c> (no batch), or <c>again</c> for a value recomputed.</param>
public sealed record NodeListing(
    int Id, string Operation, string Module, string Shape, long Bytes, long MultiplyAdds, string Place = "");
