using System.Runtime.InteropServices;
using StepNet.Graph;

namespace StepNet.Data;

/// <summary>Looks at the items of any set by their values.</summary>
internal static class DatasetItems
{
    /// <summary>Facts about every item, named by part and index: <c>train 17</c>.</summary>
    internal static IEnumerable<ItemFacts> Facts(DatasetEntry entry, IDataset items, DataPart part)
    {
        Shape shape = items.ItemShape;
        string name = part.ToString().ToLowerInvariant();
        float[] values = new float[shape.ItemCount];
        for (int i = 0; i < items.Count; i++)
        {
            int label = items.Read(i, values);
            int[] sizes = shape.Dims.Length == 3 ? [shape.Width, shape.Height]
                : [entry.IsText ? values.AsSpan().TrimEnd((float)CharacterVocabulary.Padding).Length : values.Length];
            yield return new ItemFacts(
                $"{name} {i}", part, label, ItemFacts.HashOf(MemoryMarshal.AsBytes(values.AsSpan())), sizes,
                shape.Dims.Length == 3 ? shape.Channels : 0);
        }
    }
}
