namespace StepNet.Data;

/// <summary>Some items and their labels, laid out as a training step reads them.</summary>
/// <remarks>A loader recycles its batches: one stays valid until the next is asked for.</remarks>
public sealed class Batch
{
    internal Batch(int capacity, int itemCount, int mixedClasses = 0)
    {
        Items = new float[checked(capacity * itemCount)];
        Labels = new float[capacity];
        Probabilities = new float[checked(capacity * mixedClasses)];
    }

    /// <summary>Values, <c>[N, item shape]</c>; room for a full batch, of which the first <see cref="Count"/> items count.</summary>
    public float[] Items { get; }

    /// <summary>Class indices, <c>[N]</c>, as the numbers the graph reads; the first <see cref="Count"/> count.</summary>
    public float[] Labels { get; }

    /// <summary>Class probabilities of mixed items, <c>[N, classes]</c>; empty where nothing is mixed.</summary>
    public float[] Probabilities { get; }

    /// <summary>What the loss compares with: <see cref="Labels"/>, or the <see cref="Probabilities"/> of mixed items.</summary>
    public ReadOnlyMemory<float> Targets => Probabilities.Length == 0
        ? Labels.AsMemory(0, Count)
        : Probabilities.AsMemory(0, Count * (Probabilities.Length / Labels.Length));

    /// <summary>Number of items <c>N</c>; the last batch of an epoch may have fewer than the others.</summary>
    public int Count { get; internal set; }
}
