using StepNet.Graph;

namespace StepNet.Data;

/// <summary>The items of one set, and behind them those of another of the same shape and classes.</summary>
internal sealed class DatasetUnion(IDataset first, IDataset second) : IDataset
{
    public int Count => first.Count + second.Count;

    public Shape ItemShape => first.ItemShape;

    public IReadOnlyList<string> Classes => first.Classes;

    public int LabelOf(int index) => index < first.Count ? first.LabelOf(index) : second.LabelOf(index - first.Count);

    public int Read(int index, Span<float> item) => index < first.Count ? first.Read(index, item) : second.Read(index - first.Count, item);
}
