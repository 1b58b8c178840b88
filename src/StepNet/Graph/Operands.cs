namespace StepNet.Graph;

/// <summary>Numbers of one node while it runs, in logical row-major order.</summary>
/// <typeparam name="T">Float type of the executor.</typeparam>
public abstract class Operands<T>
    where T : unmanaged
{
    /// <summary>Items in the whole batch: what a mean divides by.</summary>
    public int N { get; set; }

    /// <summary>Items handed over here: <see cref="N"/>, or a part of the batch where the operation's locality allows it.</summary>
    public int Items { get; set; }

    /// <summary>Place in the batch of the first item handed over.</summary>
    public int FirstItem { get; set; }

    /// <summary>Which draw of the random streams: seed of the run and number of the step.</summary>
    public RandomKey Random { get; set; }

    /// <summary>Input <paramref name="i"/>, exactly its elements at <see cref="Items"/>.</summary>
    public abstract ReadOnlySpan<T> In(int i);

    /// <summary>Output <paramref name="i"/>, exactly its elements at <see cref="Items"/>; holds garbage before.</summary>
    public abstract Span<T> Out(int i);

    /// <summary>Shape of input <paramref name="i"/>.</summary>
    public abstract Shape InShape(int i);

    /// <summary>Shape of output <paramref name="i"/>.</summary>
    public abstract Shape OutShape(int i);
}
