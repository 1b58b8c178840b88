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

    /// <summary>Gives an input its values: <c>N</c> items, N at most <see cref="MaxBatch"/>.</summary>
    void Feed(string input, ReadOnlySpan<float> values);

    /// <summary>Gives a run-time number its value.</summary>
    void Set(Slot slot, double value);

    /// <summary>The present value of a run-time number, as precise as the executor keeps it.</summary>
    double Get(Slot slot);

    /// <summary>Runs once over a batch of <paramref name="n"/> items, 1 to <see cref="MaxBatch"/>.</summary>
    void Run(int n);

    /// <summary>Copies out a named output of the last run, or an observation of the last one that observed.</summary>
    void Fetch(string output, Span<float> values);

    /// <summary>Copies out a variable.</summary>
    /// <param name="variable">Which; nothing is copied where the program does not have it.</param>
    /// <param name="values">At least as many as it has numbers.</param>
    void Read(Variable variable, Span<float> values);

    /// <summary>Overwrites a variable.</summary>
    /// <exception cref="ArgumentException">It has another number of values.</exception>
    void Write(Variable variable, ReadOnlySpan<float> values);
}
