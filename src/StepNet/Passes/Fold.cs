using StepNet.Graph;

namespace StepNet.Passes;

/// <summary>
/// Folds what follows a convolution by channels into its weights and a bias: batch norm by its running statistics, biases, the
/// step factor h into the branch, the skip weight s into a projection. What is left is
/// <c>act(Conv2d(x, w') + b'[c] + s shortcut)</c>, one node (<see cref="FoldedConvOp"/>).
/// </summary>
/// <remarks>
/// For programs that write no variable, prediction in short: there w' and b' change with the variables only, so an executor works
/// them out once and again when a variable or slot is set. Exact up to rounding; in front of a convolution an affine map is left
/// alone, since zeros over the edge would become its shift.
/// </remarks>
internal static class Fold
{
    /// <summary>The folded program; the program itself where it trains or is observed.</summary>
    /// <param name="program">Fused by <see cref="Fuse"/>; it stays as it is.</param>
    public static GraphProgram Apply(GraphProgram program)
    {
        if (program.Graph.Training || program.Updates.Length > 0 || program.Observations.Count > 0)
        {
            return program;
        }

        ComputationGraph graph = new(program.Graph.Training);
        Folding folding = new(graph, program);
        Dictionary<Tensor, Tensor> map = [];
        foreach (Node node in program.Nodes)
        {
            Tensor[] outputs = node.Operation switch
            {
                VariableOp op => [graph.Read(op.Variable)],
                SlotOp op => [graph.Read(op.Slot)],
                _ => folding.Rewrite(node, [.. node.Inputs.Select(input => map[input])]),
            };
            for (int i = 0; i < outputs.Length; i++)
            {
                map.Add(node.Outputs[i], outputs[i]);
            }
        }

        return new GraphProgram(graph, program.Outputs.ToDictionary(output => output.Key, output => map[output.Value]), []);
    }

    /// <summary>The rules. A convolution that something else reads too stays as it is, for its plain output is needed.</summary>
    private sealed class Folding
    {
        private readonly ComputationGraph _graph;
        private readonly HashSet<Tensor> _shared;

        public Folding(ComputationGraph graph, GraphProgram program)
        {
            _graph = graph;
            _shared =
            [
                .. program.Outputs.Values,
                .. program.Nodes.SelectMany(node => node.Inputs).GroupBy(input => input).Where(readers => readers.Count() > 1).Select(r => r.Key),
            ];
        }

        public Tensor[] Rewrite(Node node, Tensor[] inputs)
        {
            using (_graph.Enter(node.Scope))
            {
                Tensor? folded = node.Operation switch
                {
                    ChannelAffineOp or AffineReluOp => ConvolutionOf(node, inputs, 0) is Node conv
                        ? Conv(conv, inputs[1], inputs[2], node.Operation is AffineReluOp) : null,
                    ChannelBiasOp => ConvolutionOf(node, inputs, 0) is Node conv ? Conv(conv, null, inputs[1]) : null,
                    ReluOp => ConvolutionOf(node, inputs, 0) is Node conv ? Conv(conv, null, null, relu: true) : null,
                    CombineOp op => Combine(node, op, inputs),
                    _ => null,
                };
                return folded is not null ? [folded] : [.. _graph.AddNode(node.Operation, inputs).Outputs];
            }
        }

        /// <summary><c>act(s (ax x + bx) + h (af f + bf))</c> with f, or else x, a convolution.</summary>
        private Tensor? Combine(Node node, CombineOp op, Tensor[] inputs)
        {
            (Tensor x, Tensor f, Tensor s, Tensor h) = (inputs[0], inputs[1], inputs[2], inputs[3]);
            (Tensor? ax, Tensor? bx) = op.SkipAffine ? (inputs[4], inputs[5]) : (null, null);
            int at = op.BranchAffineInput;
            (Tensor? af, Tensor? bf) = op.BranchAffine ? (inputs[at], inputs[at + 1]) : (null, null);
            Node? branch = ConvolutionOf(node, inputs, 1), skip = x == f ? null : ConvolutionOf(node, inputs, 0);
            if (branch is null && skip is null)
            {
                return null;
            }

            if (branch is null)
            {
                // The same with the parts exchanged.
                (branch, skip, x, s, h, ax, bx, af, bf) = (skip!, null, f, h, s, af, bf, ax, bx);
            }

            (Tensor shortcut, Tensor? left) = (skip, ax) switch
            {
                (not null, _) => (Conv(skip, Scale(s, ax), Shift(s, bx)), null),
                (null, not null) => (_graph.Add(new ChannelAffineOp(), [x, Scale(s, ax), Shift(s, bx)!]), null),
                _ => (x, (Tensor?)s),
            };
            return Conv(branch, Scale(h, af), Shift(h, bf), op.Relu, shortcut, left);
        }

        /// <summary>The convolution behind an input, plain or with a bias, that nothing else reads; null where it is something else.</summary>
        private Node? ConvolutionOf(Node node, Tensor[] inputs, int input) =>
            !_shared.Contains(node.Inputs[input])
            && inputs[input].Producer is var conv
            && conv.Operation is Conv2dOp or FoldedConvOp { Shortcut: false, Relu: false } ? conv : null;

        /// <summary><c>act(a (conv + its bias) + b + s shortcut)</c>; what is null is not there.</summary>
        private Tensor Conv(Node conv, Tensor? a, Tensor? b, bool relu = false, Tensor? shortcut = null, Tensor? s = null)
        {
            int channels = conv.Outputs[0].Shape.Channels;
            Tensor w = conv.Inputs[1];
            Tensor? bias = conv.Operation is FoldedConvOp ? conv.Inputs[2] : null;
            if (a is not null)
            {
                w = _graph.Add(new ScaleOutputsOp(), [w, a]);
                bias = Shift(a, bias);
            }

            bias = bias is null ? b : b is null ? bias : _graph.Add(new AddOp(), [bias, b]);
            bias ??= _graph.Add(new ConstantOp(0, Shape.Of(channels)), []);
            Conv2dOp op = conv.Operation as Conv2dOp ?? ((FoldedConvOp)conv.Operation).Convolution;
            Tensor[] inputs = [conv.Inputs[0], w, bias, .. shortcut is null ? Array.Empty<Tensor>() : [shortcut], .. s is null ? Array.Empty<Tensor>() : [s]];
            return _graph.Add(new FoldedConvOp(op, shortcut is not null, s is not null, relu), inputs);
        }

        /// <summary>A coefficient, <c>[]</c> or <c>[C]</c>, times factors by channel; alone where there are none.</summary>
        private Tensor Scale(Tensor c, Tensor? factors) => Shift(c, factors) ?? c;

        /// <summary>A coefficient, <c>[]</c> or <c>[C]</c>, times shifts by channel; null where there are none.</summary>
        private Tensor? Shift(Tensor c, Tensor? shifts) =>
            shifts is null ? null : _graph.Add(c.Shape == Shape.Scalar ? new ScaleOp() : new MultiplyOp(), [shifts, c]);
    }
}
