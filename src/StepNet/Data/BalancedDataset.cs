using StepNet.Graph;

namespace StepNet.Data;

/// <summary>
/// Another set with every class as often as its largest: the items of smaller classes come again in turn, so that nothing is left out and
/// an epoch draws all classes evenly. Augmentation changes each repetition in its own way.
/// </summary>
public sealed class BalancedDataset : IDataset
{
    private readonly IDataset _whole;
    private readonly int[] _indices;

    /// <param name="whole">Of at least one item; a class without items stays so.</param>
    /// <param name="labels">As many items whose labels say the classes, where those of <paramref name="whole"/> were changed; null for its own.</param>
    public BalancedDataset(IDataset whole, IDataset? labels = null)
    {
        ArgumentNullException.ThrowIfNull(whole);
        _whole = whole;
        int[][] classes = [.. Enumerable.Range(0, whole.Count).GroupBy((labels ?? whole).LabelOf).OrderBy(items => items.Key).Select(items => items.ToArray())];
        int most = classes.Max(items => items.Length);
        _indices = [.. classes.SelectMany(items => Enumerable.Range(0, most).Select(i => items[i % items.Length]))];
    }

    /// <inheritdoc/>
    public int Count => _indices.Length;

    /// <inheritdoc/>
    public Shape ItemShape => _whole.ItemShape;

    /// <inheritdoc/>
    public IReadOnlyList<string> Classes => _whole.Classes;

    /// <inheritdoc/>
    public int LabelOf(int index) => _whole.LabelOf(_indices[index]);

    /// <inheritdoc/>
    public int Read(int index, Span<float> item) => _whole.Read(_indices[index], item);
}
