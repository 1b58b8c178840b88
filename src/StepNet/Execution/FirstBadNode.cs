using System.Globalization;
using StepNet.Graph;
using StepNet.Passes;

namespace StepNet.Execution;

/// <summary>The first place of a step where a number became NaN or infinite.</summary>
/// <param name="Node">What computed it: its scope has module path and source line.</param>
/// <param name="Output">Which of the node's outputs, from 0.</param>
/// <param name="NaNs">Number of NaN values.</param>
/// <param name="Infinities">Number of infinite values.</param>
/// <param name="Count">Values looked at.</param>
/// <param name="LargestInput">Largest absolute value that the node read; all were finite. 0 for a node without inputs.</param>
public sealed record FirstBadNode(Node Node, int Output, int NaNs, int Infinities, int Count, float LargestInput)
{
    /// <summary>One line: where, what, how much.</summary>
    public string Message => Node.Operation switch
    {
        VariableOp op => $"{op.Variable.Name} held {Amount} when the step began: the update before it went wrong, not this step",
        InputOp op => $"input '{op.InputName}' was fed {Amount}: look at the data",
        _ => string.Create(
            CultureInfo.InvariantCulture,
            $"{Node.Scope}: {Node.Operation.Name} gave {Amount}{Which}; its inputs were finite, up to {LargestInput:g3}"),
    };

    private string Amount => string.Create(CultureInfo.InvariantCulture, $"{Kinds} of {Count:n0}");

    private string Kinds => string.Create(CultureInfo.InvariantCulture, $"{(NaNs, Infinities) switch
    {
        (_, 0) => $"{NaNs:n0} NaN values",
        (0, _) => $"{Infinities:n0} infinite values",
        _ => $"{NaNs:n0} NaN and {Infinities:n0} infinite values",
    }}");

    private string Which => Node.Outputs.Length > 1 ? $" in output {Output}" : "";

    /// <summary>
    /// Replays a step up to one of its outputs, unfused and by the readable definitions in float32, until a number is not finite.
    /// </summary>
    /// <remarks>
    /// A kernel adds in another order than a definition, so a sum at the edge of float32 may overflow in one of them alone; then
    /// there is nothing to find. The cost: seconds rather than milliseconds, and memory for the few values alive at a time.
    /// </remarks>
    /// <param name="program">The program of the step.</param>
    /// <param name="executor">Ran the step and holds the state from before it: see <see cref="IExecutor.Guard"/>.</param>
    /// <param name="output">The output that was bad; what it does not depend on is not replayed.</param>
    /// <param name="n">Items of the batch.</param>
    /// <param name="inputs">What was fed.</param>
    /// <param name="threads">Threads, or 0 as for executors.</param>
    /// <returns>The place: variables by name before all else, then the nodes in their order. Null where all is finite.</returns>
    public static FirstBadNode? Find(
        GraphProgram program,
        IExecutor executor,
        string output,
        int n,
        IReadOnlyDictionary<string, ReadOnlyMemory<float>> inputs,
        int threads = 0)
    {
        ArgumentNullException.ThrowIfNull(program);
        ArgumentNullException.ThrowIfNull(executor);
        ArgumentNullException.ThrowIfNull(inputs);
        GraphProgram needed = new(program.Graph, new Dictionary<string, Tensor> { [output] = program.Outputs[output] }, []);
        return FindVariable(needed, executor)
            ?? new Replay(needed, executor, n, inputs, ThreadCount.Resolve(threads)).FirstBad();
    }

    /// <summary>The first variable by name that holds a number that is not finite; null where none does.</summary>
    /// <param name="program">Its variables are looked at.</param>
    /// <param name="executor">Holds them.</param>
    public static FirstBadNode? FindVariable(GraphProgram program, IExecutor executor)
    {
        ArgumentNullException.ThrowIfNull(program);
        ArgumentNullException.ThrowIfNull(executor);
        foreach (Node node in program.Nodes
            .Where(node => node.Operation is VariableOp)
            .OrderBy(node => ((VariableOp)node.Operation).Variable.Name, StringComparer.Ordinal))
        {
            float[] values = new float[node.Outputs[0].Shape.ItemCount];
            executor.Read(((VariableOp)node.Operation).Variable, values);
            if (Look(node, 0, values, 0) is FirstBadNode bad)
            {
                return bad;
            }
        }

        return null;
    }

    /// <summary>Counts what is not finite among the values of an output; null where all is.</summary>
    internal static FirstBadNode? Look(Node node, int output, ReadOnlySpan<float> values, float largestInput)
    {
        int nans = 0, infinities = 0;
        foreach (float value in values)
        {
            nans += float.IsNaN(value) ? 1 : 0;
            infinities += float.IsInfinity(value) ? 1 : 0;
        }

        return nans + infinities == 0 ? null : new FirstBadNode(node, output, nans, infinities, values.Length, largestInput);
    }
}
