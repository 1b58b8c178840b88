namespace StepNet.Data;

/// <summary>Some items and their labels, laid out as a training step reads them.</summary>
/// <remarks>A loader recycles its batches: one stays valid until the next is asked for.</remarks>
public sealed class Batch
{
    internal Batch(int capacity, int itemCount)
    {
        Items = new float[checked(capacity * itemCount)];
        Labels = new float[capacity];
    }

    /// <summary>Values, <c>[N, item shape]</c>; room for a full batch, of which the first <see cref="Count"/> items count.</summary>
    public float[] Items { get; }

    /// <summary>Class indices, <c>[N]</c>, as the numbers the graph reads; the first <see cref="Count"/> count.</summary>
    public float[] Labels { get; }

    /// <summary>Number of items <c>N</c>; the last batch of an epoch may have fewer than the others.</summary>
    public int Count { get; internal set; }
}
