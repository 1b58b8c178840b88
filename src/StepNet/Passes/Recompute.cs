using StepNet.Graph;

namespace StepNet.Passes;

/// <summary>
/// Trades time for memory (Chen et al., arXiv:1604.06174): the backward pass computes the activations of a stretch of the network
/// again, from the value that entered it, instead of finding them in memory. About the square root of the layers is alive at a time.
/// </summary>
/// <remarks>
/// Batch statistics and other numbers without a batch are kept, so that what is computed again needs one item at a time and is one
/// phase. The same operations on the same numbers, random masks included: what is computed again is the same to the bit. How many
/// items of a phase are at work together is another number than without, though, and with it the parts in which a convolution by tiles
/// sums the gradient of its weights.
/// </remarks>
internal static class Recompute
{
    /// <summary>The program with checkpoints; the program itself where there is nothing to gain.</summary>
    /// <param name="program">A training step, not fused; it stays as it is.</param>
    /// <param name="loss">Its loss: what comes later belongs to the backward pass.</param>
    public static GraphProgram Apply(GraphProgram program, Tensor loss)
    {
        Node[] forward = [.. program.Nodes.Where(node => node.Id <= loss.Producer.Id)];
        List<Cut> cuts = Choose(Cuts(forward));
        return cuts.Count < 2 ? program : new Rewriter(program, loss, forward, cuts).Run();
    }

    /// <summary>Places of the forward pass that a single value crosses, beside inputs and numbers without a batch.</summary>
    private static List<Cut> Cuts(Node[] forward)
    {
        Dictionary<Tensor, int> last = [];
        Dictionary<Tensor, List<Node>> readers = [];
        for (int i = 0; i < forward.Length; i++)
        {
            foreach (Tensor input in forward[i].Inputs)
            {
                last[input] = i;
                (readers.TryGetValue(input, out List<Node>? known) ? known : readers[input] = []).Add(forward[i]);
            }
        }

        List<Cut> cuts = [];
        HashSet<Tensor> alive = [];
        long between = 0;
        for (int i = 0; i < forward.Length; i++)
        {
            alive.RemoveWhere(tensor => last[tensor] <= i);
            foreach (Tensor output in forward[i].Outputs.Where(t => t.Shape.Batched && forward[i].Operation is not InputOp))
            {
                between += IsCheap(forward[i]) ? 0 : output.Shape.ItemCount;
                if (last.GetValueOrDefault(output) > i)
                {
                    alive.Add(output);
                }
            }

            // Not between parts that one kernel runs: a sum and its ReLU, a convolution and its shift.
            if (alive.Count == 1 && alive.Single() is Tensor value && !IsCheap(value.Producer)
                && readers[value] is not [{ Operation: ReluOp or ChannelBiasOp or ChannelAffineOp }])
            {
                cuts.Add(new Cut(i, value, between));
                between = 0;
            }
        }

        return cuts;
    }

    /// <summary>
    /// The first cut, for what comes before is read from the input and kept, and of the others those that make checkpoints and the
    /// largest stretch smallest together.
    /// </summary>
    private static List<Cut> Choose(List<Cut> all)
    {
        long total = all.Skip(1).Sum(cut => cut.Between);
        List<Cut> best = [];
        long least = long.MaxValue;
        for (int parts = 1; parts < all.Count; parts++)
        {
            List<Cut> chosen = [all[0]];
            long stretch = 0, largest = 0;
            foreach (Cut cut in all.Skip(1))
            {
                stretch += cut.Between;
                largest = Math.Max(largest, stretch);
                if (stretch * parts >= total)
                {
                    chosen.Add(cut);
                    stretch = 0;
                }
            }

            long floats = largest + chosen.Sum(cut => (long)cut.Value.Shape.ItemCount);
            if (floats < least)
            {
                (least, best) = (floats, chosen);
            }
        }

        return best;
    }

    // What is computed again wherever it is read, recomputation or not.
    private static bool IsCheap(Node node) => node.Operation is ChannelAffineOp or ChannelBiasOp or ScaleOp;

    /// <param name="At">Place of the last forward node before the cut.</param>
    /// <param name="Value">What crosses it.</param>
    /// <param name="Between">Floats an item that were computed since the cut before.</param>
    private sealed record Cut(int At, Tensor Value, long Between);

    private sealed class Rewriter
    {
        private readonly GraphProgram _program;
        private readonly Node _loss;
        private readonly ComputationGraph _graph;
        private readonly Dictionary<Node, int> _stretchOf = [];
        private readonly HashSet<Tensor> _checkpoints;
        private readonly Dictionary<Tensor, Tensor> _map = [];
        private readonly Dictionary<Tensor, Tensor> _again = [];
        private readonly Dictionary<(Tensor, int), Tensor> _recalled = [];
        private readonly Dictionary<int, Tensor> _starts = [];
        private readonly int _lastStretch;

        public Rewriter(GraphProgram program, Tensor loss, Node[] forward, List<Cut> cuts)
        {
            (_program, _loss) = (program, loss.Producer);
            _graph = new ComputationGraph(program.Graph.Training);
            _checkpoints = [.. cuts.Select(cut => cut.Value)];
            _lastStretch = cuts.Count;
            int stretch = 0;
            for (int i = 0; i < forward.Length; i++)
            {
                _stretchOf.Add(forward[i], stretch);
                stretch += stretch < cuts.Count && cuts[stretch].At == i ? 1 : 0;
            }
        }

        public GraphProgram Run()
        {
            foreach (Node node in _program.Nodes)
            {
                Node made = node.Operation switch
                {
                    VariableOp op => _graph.Read(op.Variable).Producer,
                    SlotOp op => _graph.Read(op.Slot).Producer,
                    _ => Add(node, node.Id > _loss.Id ? Backward(node) : [.. node.Inputs.Select(input => _map[input])]),
                };
                for (int i = 0; i < made.Outputs.Length; i++)
                {
                    _map.Add(node.Outputs[i], made.Outputs[i]);
                }
            }

            return new GraphProgram(
                _graph,
                _program.Outputs.ToDictionary(output => output.Key, output => _map[output.Value]),
                [.. _program.Updates.Select(update => new VariableUpdate(update.Variable, _map[update.Value]))],
                _program.Observations.ToDictionary(pair => pair.Key, pair => _map[pair.Value]));
        }

        private Node Add(Node node, Tensor[] inputs)
        {
            using (_graph.Enter(node.Scope))
            {
                return _graph.AddNode(node.Operation, inputs);
            }
        }

        private Tensor[] Backward(Node node)
        {
            Tensor[] inputs = [.. node.Inputs.Select(input => _map[input])];
            for (int i = 0; i < inputs.Length; i++)
            {
                Tensor input = node.Inputs[i];
                if (IsForgotten(input, out int stretch) && CanStart(stretch, node))
                {
                    inputs[i] = Again(input, stretch);
                }
            }

            return inputs;
        }

        private bool IsForgotten(Tensor tensor, out int stretch) =>
            _stretchOf.TryGetValue(tensor.Producer, out stretch)
            && stretch > 0 && stretch < _lastStretch
            && tensor.Shape.Batched && tensor.Producer.Operation is not InputOp && !_checkpoints.Contains(tensor);

        // The first gradient that meets a value of the stretch came through all that lies behind it: not before then.
        private bool CanStart(int stretch, Node node)
        {
            Tensor? gradient = node.Inputs.Where(input => input.Producer.Id > _loss.Id).OrderByDescending(input => input.Shape.Batched).FirstOrDefault();
            if (gradient is not null)
            {
                _starts.TryAdd(stretch, _map[gradient]);
            }

            return _starts.ContainsKey(stretch);
        }

        private Tensor Again(Tensor tensor, int stretch)
        {
            if (!tensor.Shape.Batched || tensor.Producer.Operation is InputOp)
            {
                return _map[tensor];
            }

            if (_checkpoints.Contains(tensor))
            {
                if (!_recalled.TryGetValue((tensor, stretch), out Tensor? recalled))
                {
                    using (_graph.Enter(tensor.Producer.Scope))
                    {
                        recalled = _graph.Add(new RecallOp(), [_map[tensor], _starts[stretch]]);
                    }

                    _recalled.Add((tensor, stretch), recalled);
                }

                return recalled;
            }

            if (!_again.ContainsKey(tensor))
            {
                Node node = tensor.Producer;
                Node made = Add(node, [.. node.Inputs.Select(input => Again(input, stretch))]);
                for (int i = 0; i < made.Outputs.Length; i++)
                {
                    _again.TryAdd(node.Outputs[i], made.Outputs[i]);
                }
            }

            return _again[tensor];
        }
    }
}
