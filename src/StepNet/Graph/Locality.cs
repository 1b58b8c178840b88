namespace StepNet.Graph;

/// <summary>What part of the batch an operation needs at once: all that an executor must know to cut the batch into pieces.</summary>
public enum Locality
{
    /// <summary>Item i of every output depends on item i of the batched inputs (and on any unbatched input).</summary>
    Item,

    /// <summary>Unbatched outputs that are sums over the items of the batch.</summary>
    Reduction,

    /// <summary>Unbatched inputs to unbatched outputs.</summary>
    Unbatched,

    /// <summary>Needs the whole batch at once. Always right, and the default.</summary>
    Batch,
}
