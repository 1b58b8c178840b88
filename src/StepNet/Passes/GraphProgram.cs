using System.Collections.Immutable;
using StepNet.Graph;

namespace StepNet.Passes;

/// <summary>
/// What an executor runs: the live nodes of a graph, in an order of execution. Immutable, so that any number of executors,
/// each with buffers of its own, can run it at once.
/// </summary>
public sealed class GraphProgram
{
    /// <summary>Keeps the nodes that the outputs, an update of a variable or an observation need.</summary>
    /// <param name="graph">A finished graph; nodes added later are not seen.</param>
    /// <param name="outputs">Values to be fetched after a run, by name.</param>
    /// <param name="observations">
    /// Values by name, none of the outputs' names, that a run computes only where it is told to observe; null for none. Without a
    /// batch each: what they read stays where it is.
    /// </param>
    /// <exception cref="ShapeMismatchException">An observation has a batch.</exception>
    public GraphProgram(
        ComputationGraph graph, IReadOnlyDictionary<string, Tensor> outputs, IReadOnlyDictionary<string, Tensor>? observations = null)
        : this(graph, outputs, [.. graph.Updates], observations)
    {
    }

    internal GraphProgram(
        ComputationGraph graph,
        IReadOnlyDictionary<string, Tensor> outputs,
        ImmutableArray<VariableUpdate> updates,
        IReadOnlyDictionary<string, Tensor>? observations = null)
    {
        Graph = graph;
        Outputs = outputs.ToImmutableDictionary();
        Observations = observations?.ToImmutableDictionary() ?? [];
        Updates = updates;
        if (Observations.FirstOrDefault(pair => pair.Value.Shape.Batched) is { Key: string batched })
        {
            throw new ShapeMismatchException($"Observation '{batched}' has a batch, {Observations[batched].Shape}. Reduce it over the batch.");
        }

        HashSet<Node> live = [];
        Reach(
            live,
            [.. outputs.Values.Select(t => t.Producer), .. updates.SelectMany(u => new[] { u.Value.Producer, graph.Read(u.Variable).Producer })]);
        HashSet<Node> seen = [.. live];
        Reach(seen, Observations.Values.Select(t => t.Producer));
        Nodes = [.. graph.Nodes.Where(seen.Contains)];
        seen.ExceptWith(live);
        Observers = [.. seen.Where(node => node.Operation is not SourceOp)];
    }

    /// <summary>The graph that the nodes belong to.</summary>
    public ComputationGraph Graph { get; }

    /// <summary>Live nodes in an order of execution.</summary>
    public ImmutableArray<Node> Nodes { get; }

    /// <summary>Values to be fetched after a run, by name.</summary>
    public ImmutableDictionary<string, Tensor> Outputs { get; }

    /// <summary>Values to be fetched after a run that observed, by name.</summary>
    public ImmutableDictionary<string, Tensor> Observations { get; }

    /// <summary>Nodes that observations alone need: a run that does not observe leaves them out.</summary>
    internal ImmutableHashSet<Node> Observers { get; }

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

    /// <summary>The output or observation of a name.</summary>
    /// <exception cref="ArgumentException">There is none.</exception>
    internal Tensor Result(string name) => Outputs.TryGetValue(name, out Tensor? output) || Observations.TryGetValue(name, out output) ? output
        : throw new ArgumentException($"'{name}' is no output of the program. It has: {string.Join(", ", Outputs.Keys.Concat(Observations.Keys).Order(StringComparer.Ordinal))}.");

    /// <summary>Checks that an executor can watch an output: it exists and is one number.</summary>
    /// <returns><paramref name="name"/>; null where it is null.</returns>
    /// <exception cref="ArgumentException">There is no such scalar.</exception>
    internal string? ScalarOutput(string? name) =>
        name is null || (Outputs.TryGetValue(name, out Tensor? tensor) && tensor.Shape == Shape.Scalar) ? name
            : throw new ArgumentException(
                $"'{name}' is no scalar output. Scalars: {string.Join(", ", Outputs.Where(o => o.Value.Shape == Shape.Scalar).Select(o => o.Key))}.");

    /// <summary>Live nodes, a line each.</summary>
    public override string ToString() => string.Join('\n', Nodes);

    private static void Reach(HashSet<Node> live, IEnumerable<Node> from)
    {
        Stack<Node> pending = new(from);
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
    }
}
