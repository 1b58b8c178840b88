using StepNet.Graph;

namespace StepNet.Data;

/// <summary>Labelled items of one shape: images, texts or points, as numbers.</summary>
/// <remarks>Called from the loader's thread while training runs; reading must not change the set.</remarks>
public interface IDataset
{
    /// <summary>Number of items.</summary>
    int Count { get; }

    /// <summary>Shape of one item, without the batch: <c>[3, 32, 32]</c> for a colour image.</summary>
    Shape ItemShape { get; }

    /// <summary>Class names; a label is an index into them.</summary>
    IReadOnlyList<string> Classes { get; }

    /// <summary>Copies item <paramref name="index"/> and returns its label.</summary>
    /// <param name="index">In [0, <see cref="Count"/>).</param>
    /// <param name="item">Receives the values, channels first; pixels lie in [0, 1].</param>
    /// <returns>The label, in [0, number of classes).</returns>
    int Read(int index, Span<float> item);

    /// <summary>The label of item <paramref name="index"/>; by way of <see cref="Read"/> where a set has nothing quicker.</summary>
    /// <param name="index">In [0, <see cref="Count"/>).</param>
    int LabelOf(int index) => Read(index, new float[ItemShape.ItemCount]);
}
