using System.Collections.Immutable;
using StepNet.Graph;

namespace StepNet.Passes;

/// <summary>
/// What an executor runs: the live nodes of a graph, in an order of execution. Immutable, so that any number of executors,
/// each with buffers of its own, can run it at once.
/// </summary>
public sealed class GraphProgram
{
    /// <summary>Keeps the nodes that the outputs or an update of a variable need.</summary>
    /// <param name="graph">A finished graph; nodes added later are not seen.</param>
    /// <param name="outputs">Values to be fetched after a run, by name.</param>
    public GraphProgram(ComputationGraph graph, IReadOnlyDictionary<string, Tensor> outputs)
        : this(graph, outputs, [.. graph.Updates])
    {
    }

    internal GraphProgram(
        ComputationGraph graph, IReadOnlyDictionary<string, Tensor> outputs, ImmutableArray<VariableUpdate> updates)
    {
        Graph = graph;
        Outputs = outputs.ToImmutableDictionary();
        Updates = updates;

        HashSet<Node> live = [];
        Stack<Node> pending = new([.. outputs.Values.Select(t => t.Producer), .. updates.Select(u => u.Value.Producer)]);
        foreach (VariableUpdate update in updates)
        {
            pending.Push(graph.Read(update.Variable).Producer);
        }

        while (pending.TryPop(out Node? node))
        {
            if (live.Add(node))
            {
                foreach (Tensor input in node.Inputs)
                {
                    pending.Push(input.Producer);
                }
            }
        }

        Nodes = [.. graph.Nodes.Where(live.Contains)];
    }

    /// <summary>The graph that the nodes belong to.</summary>
    public ComputationGraph Graph { get; }

    /// <summary>Live nodes in an order of execution.</summary>
    public ImmutableArray<Node> Nodes { get; }

    /// <summary>Values to be fetched after a run, by name.</summary>
    public ImmutableDictionary<string, Tensor> Outputs { get; }

    /// <summary>Writes to variables at the end of a run.</summary>
    public ImmutableArray<VariableUpdate> Updates { get; }

    /// <summary>Inputs to be fed before a run.</summary>
    internal IEnumerable<(string Name, Tensor Tensor)> Inputs =>
        from node in Nodes where node.Operation is InputOp select (((InputOp)node.Operation).InputName, node.Outputs[0]);

    /// <summary>Variables read or written.</summary>
    public IEnumerable<Variable> Variables =>
        from node in Nodes where node.Operation is VariableOp select ((VariableOp)node.Operation).Variable;

    /// <summary>Run-time numbers read.</summary>
    public IEnumerable<Slot> Slots => from node in Nodes where node.Operation is SlotOp select ((SlotOp)node.Operation).Slot;

    /// <summary>Checks that an executor can watch an output: it exists and is one number.</summary>
    /// <returns><paramref name="name"/>; null where it is null.</returns>
    /// <exception cref="ArgumentException">There is no such scalar.</exception>
    internal string? ScalarOutput(string? name) =>
        name is null || (Outputs.TryGetValue(name, out Tensor? tensor) && tensor.Shape == Shape.Scalar) ? name
            : throw new ArgumentException(
                $"'{name}' is no scalar output. Scalars: {string.Join(", ", Outputs.Where(o => o.Value.Shape == Shape.Scalar).Select(o => o.Key))}.");

    /// <summary>Live nodes, a line each.</summary>
    public override string ToString() => string.Join('\n', Nodes);
}
