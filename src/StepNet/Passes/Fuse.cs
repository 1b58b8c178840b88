using System.Collections.Immutable;
using StepNet.Graph;

namespace StepNet.Passes;

/// <summary>
/// Rewrites a program by a closed list of named patterns, each with a kernel and a test of its own. The program computes
/// the same, in fewer passes over memory.
/// </summary>
internal static class Fuse
{
    /// <summary>The patterns, tried in this order at every node.</summary>
    public static IReadOnlyList<Fusion> Patterns { get; } =
    [
        new("affine-relu", Fusions.AffineRelu),
        new("combine", Fusions.Combine),
        new("combine-relu", Fusions.CombineRelu),
        new("norm-gradient", Fusions.NormGradient),
        new("norm-gradient-into-sum", Fusions.NormGradientIntoSum),
        new("scaled-sum", Fusions.ScaledSum),
        new("gated-sum", Fusions.GatedSum),
        new("channel-sums-of-scaled", Fusions.ChannelSumsOfScaled),
        new("dot-with-affine", Fusions.DotWithAffine),
        new("channel-sums-with-affine", Fusions.ChannelSumsWithAffine),
        new("mask-items", Fusions.MaskItems),
        new("clipped-update", Fusions.ClippedUpdate),
    ];

    /// <summary>Applies patterns and drops what nothing needs any more.</summary>
    /// <param name="program">What to rewrite; it stays as it is.</param>
    /// <param name="patterns">Patterns to use; all where null.</param>
    public static GraphProgram Apply(GraphProgram program, IReadOnlyList<Fusion>? patterns = null)
    {
        patterns ??= Patterns;
        ComputationGraph graph = new(program.Graph.Training);
        Dictionary<Tensor, Tensor> map = [];
        Dictionary<(Tensor, Tensor), Node> sums = [];
        foreach (Node node in program.Nodes)
        {
            Tensor[] inputs = [.. node.Inputs.Select(input => map[input])];
            Tensor[] outputs = Rewrite(graph, node, inputs, patterns, sums);
            for (int i = 0; i < outputs.Length; i++)
            {
                map.Add(node.Outputs[i], outputs[i]);
            }
        }

        return new GraphProgram(
            graph,
            program.Outputs.ToDictionary(output => output.Key, output => Snapshot(map[output.Value])),
            [.. program.Updates.Select(update => new VariableUpdate(update.Variable, Snapshot(map[update.Value])))],
            program.Observations.ToDictionary(pair => pair.Key, pair => Snapshot(map[pair.Value])));
    }

    /// <summary>A variable that is handed out as it was at the start of the step must not change with its update.</summary>
    private static Tensor Snapshot(Tensor tensor) =>
        tensor.Producer.Operation is VariableOp ? tensor.Graph.Add(new CopyOp(), [tensor]) : tensor;

    private static Tensor[] Rewrite(
        ComputationGraph graph, Node node, Tensor[] inputs, IReadOnlyList<Fusion> patterns, Dictionary<(Tensor, Tensor), Node> sums)
    {
        if (node.Operation is VariableOp variable)
        {
            return [graph.Read(variable.Variable)];
        }

        using (graph.Enter(node.Scope))
        {
            Site site = new(graph, node.Operation, inputs, sums);
            foreach (Fusion pattern in patterns)
            {
                if (pattern.Rule(site) is Tensor[] fused)
                {
                    return fused;
                }
            }

            return [.. site.Add(node.Operation, inputs).Outputs];
        }
    }
}

/// <summary>A named rewriting rule.</summary>
/// <param name="Name">Name in listings and tests.</param>
/// <param name="Rule">Gives the values that replace a node's outputs, or null where it does not apply.</param>
internal sealed record Fusion(string Name, Func<Site, Tensor[]?> Rule);

/// <summary>A node about to be rewritten: its operation and its inputs in the new graph.</summary>
internal sealed class Site(ComputationGraph graph, Operation operation, Tensor[] inputs, Dictionary<(Tensor, Tensor), Node> sums)
{
    public Operation Operation { get; } = operation;

    public ImmutableArray<Tensor> Inputs { get; } = [.. inputs];

    /// <summary>Adds a node; channel sums that the graph has already are found instead, since two patterns ask for them.</summary>
    public Node Add(Operation op, params ReadOnlySpan<Tensor> from)
    {
        if (op is not ChannelSumsOp)
        {
            return graph.AddNode(op, from);
        }

        if (!sums.TryGetValue((from[0], from[1]), out Node? node))
        {
            node = graph.AddNode(op, from);
            sums.Add((from[0], from[1]), node);
        }

        return node;
    }

    /// <summary>Adds a node of one output.</summary>
    public Tensor[] One(Operation op, params ReadOnlySpan<Tensor> from) => [Add(op, from).Outputs[0]];
}
