using StepNet.Graph;

namespace StepNet.Passes;

/// <summary>Reverse-mode differentiation: appends the nodes of the gradients to the graph of a loss.</summary>
public static class Differentiate
{
    /// <summary>dL/dv for every variable that the loss depends on.</summary>
    /// <param name="loss">A scalar.</param>
    /// <param name="wanted">Variables to differentiate for.</param>
    /// <returns>The gradient of each wanted variable that the loss depends on, of its shape.</returns>
    /// <exception cref="ShapeMismatchException"><paramref name="loss"/> is not a scalar.</exception>
    /// <exception cref="NotSupportedException">A node on the way is itself one of a gradient: those have none.</exception>
    public static IReadOnlyDictionary<Variable, Tensor> Loss(Tensor loss, IEnumerable<Variable> wanted) => Loss(loss, wanted, out _);

    /// <summary>As <see cref="Loss(Tensor, IEnumerable{Variable})"/>, and what was found on the way.</summary>
    /// <param name="loss">A scalar.</param>
    /// <param name="wanted">Variables to differentiate for.</param>
    /// <param name="values">dL/dx of every value x between these variables and the loss.</param>
    internal static IReadOnlyDictionary<Variable, Tensor> Loss(
        Tensor loss, IEnumerable<Variable> wanted, out IReadOnlyDictionary<Tensor, Tensor> values)
    {
        Require.Scalar("Differentiate", loss.Shape);
        ComputationGraph graph = loss.Graph;
        HashSet<Variable> variables = [.. wanted];
        Dictionary<Tensor, Tensor> gradients = Backward(
            loss, node => node.Operation is VariableOp op && variables.Contains(op.Variable));

        values = gradients;
        Dictionary<Variable, Tensor> result = [];
        foreach (Variable variable in graph.Variables)
        {
            if (variables.Contains(variable) && gradients.TryGetValue(graph.Read(variable), out Tensor? gradient))
            {
                result.Add(variable, gradient);
            }
        }

        return result;
    }

    /// <summary>dL/d(source) for each of <paramref name="sources"/>, such as an input; null where there is none.</summary>
    public static Tensor?[] Loss(Tensor loss, params Tensor[] sources)
    {
        Require.Scalar("Differentiate", loss.Shape);
        HashSet<Node> wanted = [.. sources.Select(source => source.Producer)];
        Dictionary<Tensor, Tensor> gradients = Backward(loss, wanted.Contains);
        return [.. sources.Select(gradients.GetValueOrDefault)];
    }

    /// <summary>d&lt;seed, y&gt;/d(source), for any y; null where y does not depend on <paramref name="source"/>.</summary>
    /// <param name="y">What is differentiated.</param>
    /// <param name="seed">Of the shape of <paramref name="y"/>.</param>
    /// <param name="source">For what.</param>
    /// <param name="isConstant">Nodes whose outputs count as constants.</param>
    internal static Tensor? From(Tensor y, Tensor seed, Tensor source, Func<Node, bool> isConstant) =>
        Backward(y, node => node == source.Producer, seed, isConstant).GetValueOrDefault(source);

    private static Dictionary<Tensor, Tensor> Backward(
        Tensor loss, Func<Node, bool> isWanted, Tensor? seed = null, Func<Node, bool>? isConstant = null)
    {
        ComputationGraph graph = loss.Graph;
        Node[] forward = [.. graph.Nodes.Take(loss.Producer.Id + 1)];

        // What the wanted values reach; nothing else gets a gradient.
        bool[] reached = new bool[forward.Length];
        foreach (Node node in forward)
        {
            reached[node.Id] = isConstant?.Invoke(node) != true && (isWanted(node) || node.Inputs.Any(input => reached[input.Producer.Id]));
        }

        Dictionary<Tensor, Tensor> gradients = new() { [loss] = seed ?? graph.Add(new ConstantOp(1), []) };
        foreach (Node node in forward.Reverse())
        {
            Tensor?[] outputs = [.. node.Outputs.Select(gradients.GetValueOrDefault)];
            if (!reached[node.Id] || outputs.All(gradient => gradient is null))
            {
                continue;
            }

            using (graph.EnterGradient(node))
            {
                Tensor?[] inputs = node.Operation.Gradient(node, outputs);
                for (int i = 0; i < inputs.Length; i++)
                {
                    if (inputs[i] is Tensor gradient && reached[node.Inputs[i].Producer.Id])
                    {
                        Accumulate(gradients, node, node.Inputs[i], gradient);
                    }
                }
            }
        }

        return gradients;
    }

    private static void Accumulate(Dictionary<Tensor, Tensor> gradients, Node node, Tensor input, Tensor gradient)
    {
        if (gradient.Shape != input.Shape)
        {
            throw new ShapeMismatchException(
                $"{node.Scope}: the gradient rule of {node.Operation} gave {gradient.Shape} for an input {input.Shape}.");
        }

        gradients[input] = gradients.TryGetValue(input, out Tensor? sum) ? Ops.Add(sum, gradient, "", 0) : gradient;
    }
}
