using StepNet.Execution;
using StepNet.Graph;
using StepNet.Passes;

namespace StepNet.Nn;

/// <summary>Runs a network and keeps what every residual block made of the batch: the points of figure 7 in Towards Robust ResNet.</summary>
public static class BlockOutputs
{
    // A deep network keeps some megabytes an item: what it keeps of a part fits into memory twice, as it is computed and as it is given.
    private const long PartFloats = 1L << 26;

    /// <summary>The uses of residual blocks in the order of the computation, with the model's present values, in prediction.</summary>
    /// <param name="model">Any network; without a residual block there are no outputs.</param>
    /// <param name="input">A batch, <c>[N, ...]</c>, N at least 1; all of its outputs are in memory at once.</param>
    public static IReadOnlyList<BlockOutput> Of(Module model, NdArray input) => InParts(model, input, long.MaxValue).FirstOrDefault() ?? [];

    /// <summary>The same, of as many items at a time as take 256 MB, in their order: for what is made smaller as it comes.</summary>
    /// <param name="model">Any network; without a residual block there are no parts.</param>
    /// <param name="input">A batch, <c>[N, ...]</c>, N at least 1.</param>
    public static IEnumerable<IReadOnlyList<BlockOutput>> InParts(Module model, NdArray input) => InParts(model, input, PartFloats);

    private static IEnumerable<IReadOnlyList<BlockOutput>> InParts(Module model, NdArray input, long floats)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(input);
        int count = input.Dims[0];
        ComputationGraph graph = Tracer.Trace(model, Shape.Of([.. input.Dims.Skip(1)]), training: false).Graph;
        (ResidualBlock Block, Node Sum)[] uses =
        [
            .. from node in graph.Nodes.ToArray()
               where node.Operation is ResidualStepOp
               let block = Owner(node)
               where block is not null
               select (block, node),
        ];
        if (uses.Length == 0)
        {
            yield break;
        }

        Dictionary<string, Tensor> outputs = [];
        for (int i = 0; i < uses.Length; i++)
        {
            (ResidualBlock block, Node sum) = uses[i];
            Tensor y = sum.Outputs[0];
            outputs.Add($"x{i}", sum.Inputs[0]);
            outputs.Add($"f{i}", sum.Inputs[1]);
            outputs.Add($"y{i}", block.Activation == Activation.Identity ? y
                : graph.Nodes.First(node => node.Operation is ReluOp && node.Inputs[0] == y).Outputs[0]);
        }

        GraphProgram program = new(graph, outputs);
        int part = (int)Math.Clamp(floats / outputs.Values.Sum(tensor => (long)tensor.Shape.ItemCount), 1, count), size = input.Values.Length / count;
        using IExecutor executor = Executors.Create(program, part, threads: 1);
        for (int from = 0; from < count; from += part)
        {
            int n = Math.Min(part, count - from);
            executor.Feed("input", input.Values.AsSpan(from * size, n * size));
            executor.Run(n);
            yield return [.. uses.Select((use, i) => new BlockOutput(i + 1, use.Block, Fetch($"x{i}", n), Fetch($"f{i}", n), Fetch($"y{i}", n)))];
        }

        // The sum that ends a block has the block's own s and h; those at the points between have other numbers.
        ResidualBlock? Owner(Node node) => model.Modules.OfType<ResidualBlock>().FirstOrDefault(
            block => block.Path == node.Scope.Path && node.Inputs[2] == block.Skip.In(graph) && node.Inputs[3] == block.Step.In(graph));

        NdArray Fetch(string name, int n)
        {
            Shape shape = outputs[name].Shape;
            float[] values = new float[shape.Count(n)];
            executor.Fetch(name, values);
            return new NdArray(values, [n, .. shape.Dims]);
        }
    }
}
