using StepNet.Graph;

namespace StepNet.Data;

/// <summary>Chosen items of another set, under indices from 0 on.</summary>
internal sealed class DatasetSubset(IDataset whole, int[] indices) : IDataset
{
    public int Count => indices.Length;

    public Shape ItemShape => whole.ItemShape;

    public IReadOnlyList<string> Classes => whole.Classes;

    public int LabelOf(int index) => whole.LabelOf(indices[index]);

    public int Read(int index, Span<float> item) => whole.Read(indices[index], item);
}
