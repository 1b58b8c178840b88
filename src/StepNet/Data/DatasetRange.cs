using StepNet.Graph;

namespace StepNet.Data;

/// <summary>A run of items of another set, under indices from 0 on.</summary>
internal sealed class DatasetRange(IDataset whole, int start, int count) : IDataset
{
    public int Count => count;

    public Shape ItemShape => whole.ItemShape;

    public IReadOnlyList<string> Classes => whole.Classes;

    public int LabelOf(int index) => whole.LabelOf(start + index);

    public int Read(int index, Span<float> item)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, count);
        return whole.Read(start + index, item);
    }
}
