using StepNet.Data;
using StepNet.Graph;

namespace StepNet.Training;

/// <summary>What a model must return to be trained or tested on a set.</summary>
internal static class Logits
{
    /// <exception cref="ShapeMismatchException">The output is no row of logits, or not one for each class.</exception>
    internal static void Check(Shape output, IDataset dataset)
    {
        if (!output.Batched || output.Dims.Length != 1 || output.Channels != dataset.Classes.Count)
        {
            throw new ShapeMismatchException(
                $"The model returns {output} for items of {dataset.ItemShape}; the {dataset.Classes.Count} classes of the set need "
                + $"[N, {dataset.Classes.Count}]. Give its last layer as many outputs.");
        }
    }
}
