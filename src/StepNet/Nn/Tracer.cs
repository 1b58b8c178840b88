using StepNet.Graph;

namespace StepNet.Nn;

/// <summary>Traces modules, and makes sure that a trace says all there is to say.</summary>
public static class Tracer
{
    /// <summary>Traces <paramref name="module"/> on an input named <c>input</c>.</summary>
    /// <param name="module">What to trace.</param>
    /// <param name="itemShape">Shape of one input, without the batch.</param>
    /// <param name="training">Whether to trace the training behaviour.</param>
    /// <returns>The symbolic output; its graph can be added to.</returns>
    /// <exception cref="TraceMismatchException">
    /// A second trace came out different: an executor replays one trace, so such a module would silently be frozen.
    /// </exception>
    public static Tensor Trace(Module module, Shape itemShape, bool training)
    {
        module.CheckNames();
        Tensor output = Once(module, itemShape, training);
        Compare(output, Once(module, itemShape, training));
        return output;
    }

    private static Tensor Once(Module module, Shape itemShape, bool training)
    {
        ComputationGraph graph = new(training);
        return module.Apply(graph.Input("input", Shape.Batch(itemShape.Dims.AsSpan())), "", 0);
    }

    private static void Compare(Tensor firstOutput, Tensor secondOutput)
    {
        (ComputationGraph first, ComputationGraph second) = (firstOutput.Graph, secondOutput.Graph);
        for (int i = 0; i < Math.Max(first.Nodes.Count, second.Nodes.Count); i++)
        {
            Node? a = i < first.Nodes.Count ? first.Nodes[i] : null, b = i < second.Nodes.Count ? second.Nodes[i] : null;
            if (a?.ToString() != b?.ToString())
            {
                throw Mismatch((a ?? b)!.Scope, Describe(a), Describe(b));
            }
        }

        // The same nodes: it remains which of them are the output, and what is written where.
        string[] ends = Ends(firstOutput), others = Ends(secondOutput);
        for (int i = 0; i < Math.Max(ends.Length, others.Length); i++)
        {
            string a = ends.ElementAtOrDefault(i) ?? "nothing", b = others.ElementAtOrDefault(i) ?? "nothing";
            if (a != b)
            {
                throw Mismatch(firstOutput.Producer.Scope, a, b);
            }
        }

        static string[] Ends(Tensor output) =>
            [$"output {output}", .. output.Graph.Updates.Select(update => $"update of '{update.Variable.Name}' by {update.Value}")];

        static TraceMismatchException Mismatch(ModuleScope scope, string a, string b) => new(
            $"{scope}: two traces differ, '{a}' and '{b}'. Forward may depend on shapes and "
            + "settings alone; for randomness use Ops.RandomMask, for numbers that change use a Slot.");

        static string Describe(Node? node) => node?.Operation.ToString() ?? "nothing";
    }
}
