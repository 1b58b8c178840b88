using StepNet.Graph;

namespace StepNet.Passes;

/// <summary>
/// Products with the Jacobian of one value of a graph to another: <c>J v</c> forwards, <c>J^T u</c> backwards. Statistics of the batch
/// count as constants, as in Towards Robust ResNet, eq. 9; so do weights: J then maps each item of the batch by itself.
/// </summary>
internal static class Linearize
{
    /// <summary><c>J v</c> with <c>J = dy/dx</c>, by forward differentiation: a node for each node between x and y.</summary>
    /// <param name="y">What is differentiated.</param>
    /// <param name="x">For what; of the graph of <paramref name="y"/>.</param>
    /// <param name="v">Direction, of the shape of <paramref name="x"/>.</param>
    /// <returns>Of the shape of <paramref name="y"/>; null where y does not depend on x.</returns>
    /// <exception cref="NotSupportedException">An operation in between has no rule here; the message names it.</exception>
    public static Tensor? Forward(Tensor y, Tensor x, Tensor v)
    {
        HashSet<Node> needed = Before(y);
        Dictionary<Tensor, Tensor> tangents = new() { [x] = v };
        foreach (Node node in y.Graph.Nodes.Take(y.Producer.Id + 1).Skip(x.Producer.Id + 1).ToArray())
        {
            Tensor?[] inputs = [.. node.Inputs.Select(tangents.GetValueOrDefault)];
            if (!IsConstant(node) && needed.Contains(node) && inputs.Any(tangent => tangent is not null))
            {
                using (y.Graph.EnterGradient(node))
                {
                    tangents.Add(node.Outputs[0], Tangent(node, inputs));
                }
            }
        }

        return tangents.GetValueOrDefault(y);
    }

    /// <summary><c>J^T u</c>, by the gradient rules.</summary>
    /// <param name="y">What is differentiated.</param>
    /// <param name="x">For what.</param>
    /// <param name="u">Of the shape of <paramref name="y"/>.</param>
    /// <returns>Of the shape of <paramref name="x"/>; null where y does not depend on x.</returns>
    public static Tensor? Backward(Tensor y, Tensor x, Tensor u) => Differentiate.From(y, u, x, IsConstant);

    // A mask reads the shape of its input alone.
    private static bool IsConstant(Node node) => node.Operation is ChannelStatisticsOp or RandomMaskOp;

    private static Tensor Tangent(Node node, Tensor?[] t)
    {
        ComputationGraph graph = node.Graph;
        Tensor first = t[0] ?? t[1]!;
        bool alone = t.Skip(1).All(other => other is null);
        return node.Operation switch
        {
            Conv2dOp or LinearOp when alone => graph.Add(node.Operation, [first, node.Inputs[1]]),
            AveragePoolOp or GlobalAveragePoolOp or FlattenOp or PadShortcutOp => graph.Add(node.Operation, [first]),
            ChannelBiasOp when alone => first,
            ChannelAffineOp when alone => graph.Add(new ChannelScaleOp(), [first, node.Inputs[1]]),
            ScaleOp when alone => Ops.Scale(first, node.Inputs[1], "", 0),

            // The Jacobian is diagonal, so its transpose, which is the gradient's rule, is itself.
            ReluOp or ElementwiseOp => node.Operation.Gradient(node, t)[0]!,
            AddOp => t.All(other => other is not null) ? Ops.Add(t[0]!, t[1]!, "", 0) : first,
            MultiplyOp => Sum(Product(t[0], node.Inputs[1]), Product(t[1], node.Inputs[0])),
            ResidualStepOp when t[2] is null && t[3] is null => Sum(Times(t[0], node.Inputs[2]), Times(t[1], node.Inputs[3])),
            GroupNormOp when alone => GroupNorm(node, first),
            _ => throw new NotSupportedException(
                $"{node.Scope}: {node.Operation} has no rule for products with its Jacobian. Leave it out of what is linearised."),
        };
    }

    // With x normalised to xn, dy = gamma P dx, P symmetric; the gradient's rule is P gamma dy. So P is that rule with gamma = 1.
    private static Tensor GroupNorm(Node node, Tensor dx)
    {
        ComputationGraph graph = node.Graph;
        Tensor ones = graph.Add(new ConstantOp(1, node.Inputs[1].Shape), []);
        Tensor projected = graph.Add(new GroupNormBackwardDataOp(), [dx, node.Inputs[0], ones, node.Outputs[1], node.Outputs[2]]);
        return graph.Add(new ChannelScaleOp(), [projected, node.Inputs[1]]);
    }

    private static Tensor? Product(Tensor? tangent, Tensor other) => tangent is null ? null : Ops.Multiply(tangent, other, "", 0);

    private static Tensor? Times(Tensor? tangent, Tensor coefficient) => tangent is null ? null
        : coefficient.Shape == Shape.Scalar ? Ops.Scale(tangent, coefficient, "", 0)
        : tangent.Graph.Add(new ChannelScaleOp(), [tangent, coefficient]);

    private static Tensor Sum(Tensor? a, Tensor? b) => a is null ? b! : b is null ? a : Ops.Add(a, b, "", 0);

    private static HashSet<Node> Before(Tensor y)
    {
        HashSet<Node> needed = [];
        Stack<Node> pending = new([y.Producer]);
        while (pending.TryPop(out Node? node))
        {
            if (needed.Add(node))
            {
                foreach (Tensor input in node.Inputs)
                {
                    pending.Push(input.Producer);
                }
            }
        }

        return needed;
    }
}
