using StepNet.Graph;

namespace StepNet.Execution;

/// <summary>
/// Runs a <see cref="Passes.GraphProgram"/>, step after step, in buffers of its own. Not for two threads at once; make an executor
/// for each.
/// </summary>
/// <remarks>All values cross this border in logical order, row-major; how an executor stores them is its own affair.</remarks>
public interface IExecutor : IDisposable
{
    /// <summary>Largest batch that the buffers hold.</summary>
    int MaxBatch { get; }

    /// <summary>Random streams of the next run.</summary>
    RandomKey Random { get; set; }

    /// <summary>
    /// Name of a scalar output that guards the variables, such as <c>loss</c>; null, as at first, for none. A run that gives it
    /// NaN or infinity carries out no update: the variables still hold the state that the bad number came from.
    /// </summary>
    string? Guard { get; set; }

    /// <summary>
    /// Whether the next runs compute the program's observations too; false at first. All else comes out the same, bit for bit.
    /// </summary>
    bool Observe { get; set; }

    /// <summary>Gives an input its values: <c>N</c> items, N at most <see cref="MaxBatch"/>; they stay until they are given anew.</summary>
    /// <param name="input">Name of an input of the graph; nothing happens where no live node reads it.</param>
    /// <param name="values"><c>[N, ...]</c>, row-major; codes of an embedding are whole numbers.</param>
    /// <exception cref="ArgumentException">No such input, no whole number of items, more than fit, or a code that the embedding has not.</exception>
    void Feed(string input, ReadOnlySpan<float> values);

    /// <summary>Gives a run-time number its value; nothing happens where the program does not have it.</summary>
    void Set(Slot slot, double value);

    /// <summary>The present value of a run-time number, as precise as the executor keeps it.</summary>
    double Get(Slot slot);

    /// <summary>Runs once over a batch of <paramref name="n"/> items, 1 to <see cref="MaxBatch"/>.</summary>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="n"/> lies outside.</exception>
    /// <exception cref="InvalidOperationException">An input has not been fed, or with fewer items.</exception>
    void Run(int n);

    /// <summary>Copies out a named output of the last run, or an observation of the last one that observed.</summary>
    /// <param name="output">Its name.</param>
    /// <param name="values">At least as many as it has numbers, those of all items of the batch where it has one.</param>
    /// <exception cref="ArgumentException">The program has no such output, or <paramref name="values"/> is too short.</exception>
    void Fetch(string output, Span<float> values);

    /// <summary>Copies out a variable.</summary>
    /// <param name="variable">Which; nothing is copied where the program does not have it.</param>
    /// <param name="values">At least as many as it has numbers.</param>
    void Read(Variable variable, Span<float> values);

    /// <summary>Overwrites a variable.</summary>
    /// <exception cref="ArgumentException">It has another number of values.</exception>
    void Write(Variable variable, ReadOnlySpan<float> values);
}
