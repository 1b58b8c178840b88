using System.Collections.Immutable;
using StepNet.Graph;

namespace StepNet.Passes;

/// <summary>
/// Cuts a program where it needs the whole batch, and only there. Inside a phase every item of the batch goes through all
/// steps on its own, while it is in the cache; values that no other phase reads never reach memory.
/// </summary>
/// <remarks>
/// A reduction over the batch (statistics, a weight's gradient) is complete when its phase ends, so what reads it belongs to
/// a later phase. Cheap element-wise values are computed again in each phase that reads them rather than kept.
/// </remarks>
internal static class Phases
{
    /// <summary>Elements above which a weight counts as wide.</summary>
    public const int WideWeights = 300_000;

    // Pixels of a map up to which eight items of it do not pay for reading wide weights.
    private const int FewPixels = 4;

    /// <summary>The phases, in order.</summary>
    public static ImmutableArray<Phase> Of(GraphProgram program)
    {
        // Those that work in place. What else is written to a variable is a value like others, and copied in the end.
        HashSet<Node> updates = [.. program.Updates.Select(update => update.Value.Producer).Where(node => node.Operation is UpdateOp)];
        HashSet<Node> kept = [.. program.Outputs.Values.Select(output => output.Producer)];
        kept.UnionWith(program.Nodes.Where(node => KindOf(node) == Locality.Batch).SelectMany(node => node.Inputs).Select(t => t.Producer));
        Dictionary<Node, int> level = Levels(program);
        int last = level.Values.DefaultIfEmpty(0).Max();
        List<Node>[] items = Lists(last + 1), unbatched = Lists(last + 1), whole = Lists(last + 1);
        foreach (Node node in program.Nodes)
        {
            if (node.Operation is SourceOp && node.Operation is not InputOp)
            {
                continue;
            }

            int at = level[node];
            List<Node> list = KindOf(node) switch
            {
                Locality.Unbatched => unbatched[at],
                Locality.Batch => whole[at],
                _ => items[at],
            };
            if (!updates.Contains(node))
            {
                list.Add(node);
            }
        }

        ImmutableArray<Phase>.Builder phases = ImmutableArray.CreateBuilder<Phase>();
        for (int i = 0; i <= last; i++)
        {
            ImmutableArray<Node> steps = WithRecomputed(items[i].Where(node => !program.Observers.Contains(node)), kept, []);
            Node[] taps = [.. items[i].Where(program.Observers.Contains)];
            if (items[i].Count + unbatched[i].Count + whole[i].Count > 0)
            {
                phases.Add(new Phase([.. unbatched[i]], [.. whole[i]], steps, taps.Length == 0 ? steps : Observed(steps, taps, kept)));
            }
        }

        phases.Add(new Phase([.. program.Nodes.Where(updates.Contains)], [], [], []));
        return phases.ToImmutable();
    }

    /// <summary>What an executor must know about a node to place it: a node without a batch is unbatched, whatever it is.</summary>
    /// <remarks>
    /// The gradient of a wide weight takes the whole batch too, cut by output channels: a partial sum for each part of the
    /// batch would multiply its memory. So does that of an embedding's table, cut by rows: an item touches few of them. Forward and
    /// back to the data, wide weights take the whole batch where maps have so few pixels that reading the weights is the work. A user's own
    /// reduction has no kernel that adds up parts: its definition takes the batch at once.
    /// </remarks>
    public static Locality KindOf(Node node) =>
        node.Inputs.All(input => !input.Shape.Batched) && node.Outputs.All(output => !output.Shape.Batched) ? Locality.Unbatched
        : node.Operation is EmbeddingBackwardOp ? Locality.Batch
        : node.Operation is Conv2dBackwardWeightsOp or LinearBackwardWeightsOp && node.Outputs[0].Shape.ItemCount > WideWeights
            ? Locality.Batch
        : ForwardOutput(node) is Shape y && y.ItemCount / y.Channels <= FewPixels && node.Inputs[1].Shape.ItemCount > WideWeights
            ? Locality.Batch
        : node.Operation.Locality is Locality.Reduction && node.Operation.GetType().Assembly != typeof(Operation).Assembly ? Locality.Batch
            : node.Operation.Locality;

    // The output of the forward node that a convolution or linear layer is or belongs to, unless it is a gradient of weights.
    private static Shape? ForwardOutput(Node node) => node.Operation switch
    {
        Conv2dOp or FoldedConvOp or LinearOp => node.Outputs[0].Shape,
        Conv2dBackwardDataOp or LinearBackwardDataOp => node.Inputs[0].Shape,
        _ => null,
    };

    /// <summary>Whether computing the value again costs no more than reading it back from memory.</summary>
    private static bool IsCheap(Node node) => node.Operation
        is InputOp or RecallOp or ChannelAffineOp or AffineReluOp or ChannelScaleOp or ScaleOp or NormGradientOp or ChannelBiasOp;

    // An unbatched node runs before the item steps of its level, a batch node after those and before them; a reduction's
    // result is there one level later.
    private static Dictionary<Node, int> Levels(GraphProgram program)
    {
        Dictionary<Node, int> level = [];
        foreach (Node node in program.Nodes)
        {
            int at = 0;
            foreach (Tensor input in node.Inputs)
            {
                int ready = level[input.Producer] + Delay(input.Producer, node);
                at = Math.Max(at, ready);
            }

            level.Add(node, at);
        }

        return level;

        int Delay(Node producer, Node reader) => producer.Operation is SourceOp and not InputOp ? 0
            : KindOf(producer) switch
            {
                Locality.Reduction => 1,
                Locality.Item => KindOf(reader) is Locality.Item or Locality.Reduction ? 0 : 1,
                // Order inside a level: unbatched nodes, then batch nodes, then item steps.
                Locality.Batch => KindOf(reader) is Locality.Unbatched or Locality.Batch ? 1 : 0,
                _ => 0,
            };
    }

    // What observes comes as early as it can, while the values that it reads are in the cache, and moves no other step.
    private static ImmutableArray<Node> Observed(ImmutableArray<Node> steps, Node[] observers, HashSet<Node> kept)
    {
        ImmutableArray<Node> added = WithRecomputed(observers, kept, steps);
        HashSet<Node> present = [.. steps, .. added];
        Dictionary<Node, int> missing = [];
        ILookup<Node, Node> readers = added
            .SelectMany(node => node.Inputs.Select(input => input.Producer).Where(present.Contains).Distinct().Select(from => (from, node)))
            .ToLookup(pair => pair.from, pair => pair.node);
        foreach (Node reader in readers.SelectMany(group => group))
        {
            missing[reader] = missing.GetValueOrDefault(reader) + 1;
        }

        ImmutableArray<Node>.Builder all = ImmutableArray.CreateBuilder<Node>(present.Count);
        foreach (Node node in added.Where(node => !missing.ContainsKey(node)).Concat(steps))
        {
            Emit(node);
        }

        return all.MoveToImmutable();

        void Emit(Node node)
        {
            all.Add(node);
            foreach (Node reader in readers[node])
            {
                missing[reader]--;
                if (missing[reader] == 0)
                {
                    Emit(reader);
                }
            }
        }
    }

    // Cheap nodes come in where something asks for them, in their own phase as in any later one.
    private static ImmutableArray<Node> WithRecomputed(IEnumerable<Node> nodes, HashSet<Node> kept, ImmutableArray<Node> before)
    {
        HashSet<Node> present = [.. before];
        ImmutableArray<Node>.Builder steps = ImmutableArray.CreateBuilder<Node>();
        foreach (Node node in nodes)
        {
            if (!IsCheap(node) || kept.Contains(node))
            {
                Add(node);
            }
        }

        return steps.ToImmutable();

        void Add(Node node)
        {
            if (!present.Add(node))
            {
                return;
            }

            foreach (Tensor input in node.Reads)
            {
                if (input.Shape.Batched && IsCheap(input.Producer))
                {
                    Add(input.Producer);
                }
            }

            steps.Add(node);
        }
    }

    private static List<Node>[] Lists(int count) => [.. Enumerable.Range(0, count).Select(_ => new List<Node>())];
}

/// <summary>One stretch of a program between two points that need the whole batch.</summary>
/// <param name="Unbatched">Small nodes, before all else.</param>
/// <param name="Whole">Nodes that need the whole batch, one by one, next.</param>
/// <param name="Steps">Item by item: nodes of this phase and recomputed cheap ones of earlier phases, in order.</param>
/// <param name="Observed">The same with the nodes that only observe in between.</param>
internal sealed record Phase(
    ImmutableArray<Node> Unbatched, ImmutableArray<Node> Whole, ImmutableArray<Node> Steps, ImmutableArray<Node> Observed);
