using StepNet.Execution;
using StepNet.Graph;
using StepNet.Nn;
using StepNet.Passes;

namespace StepNet.Training;

/// <summary>Measures the loss's gradient in front of and behind the blocks of a network, in one training step that changes nothing.</summary>
public static class BlockGradients
{
    /// <summary>Norms over a batch, at the first use of every block whose input has a gradient.</summary>
    /// <param name="model">Items to logits; not changed.</param>
    /// <param name="items">A batch, <c>[N, ...]</c>.</param>
    /// <param name="labels">Class of each item, N of them.</param>
    /// <param name="threads">Threads, or 0: see <see cref="ThreadCount"/>.</param>
    /// <returns>In the order of the computation: path of the block, <c>||dL/dx||</c> and <c>||dL/dy||</c>, L the mean loss of the batch.</returns>
    public static IReadOnlyList<(string Block, double Input, double Output)> Measure(
        Module model, NdArray items, IReadOnlyList<int> labels, int threads = 0)
    {
        ArgumentNullException.ThrowIfNull(items);
        ArgumentNullException.ThrowIfNull(labels);
        GraphProgram program = TrainingGraph.Build(
            model, Shape.Of([.. items.Dims.Skip(1)]), null, 0, null, TapKinds.Blocks, out IReadOnlyList<TapSeries> series);
        using IExecutor executor = Executors.Create(program, labels.Count, threads);
        executor.Observe = true;
        executor.Feed("input", items.Values);
        executor.Feed("labels", [.. labels.Select(label => (float)label)]);
        executor.Run(labels.Count);
        return
        [
            .. series.Where(one => one.Quantity == TapQuantity.InputGradientNorm)
                .Select(one => (one.Place, Fetch(one), Fetch(one with { Quantity = TapQuantity.OutputGradientNorm }))),
        ];

        double Fetch(TapSeries one)
        {
            float value = 0;
            executor.Fetch($"{one}", new Span<float>(ref value));
            return value;
        }
    }
}
