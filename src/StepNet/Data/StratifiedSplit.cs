using StepNet.Kernels;

namespace StepNet.Data;

/// <summary>Which items of a user's own data are test items: a share of every class, chosen by the items' keys alone.</summary>
internal static class StratifiedSplit
{
    /// <summary>Share of a class that is held out for testing where the data do not say.</summary>
    internal const double TestShare = 0.2;

    private static readonly ulong s_key = CounterRandom.KeyOf("own data");

    /// <summary>
    /// An order at random that depends on seed and keys alone, not on the order in which a file system lists files; so the first items
    /// are a fair sample.
    /// </summary>
    /// <param name="keys">One per item: a path, a text. Equal keys keep their order.</param>
    /// <param name="seed">Equal seeds give equal orders.</param>
    internal static int[] Order(IReadOnlyList<string> keys, ulong seed) =>
        [.. Enumerable.Range(0, keys.Count)
            .OrderBy(i => new CounterRandom(seed, s_key, CounterRandom.KeyOf(keys[i])).BitsAt(0))
            .ThenBy(i => keys[i], StringComparer.Ordinal)];

    /// <summary>Of each class the first fifth, rounded; at least one where it has two items or more.</summary>
    /// <param name="labels">One per item, in the order of <see cref="Order"/>.</param>
    /// <param name="classes">Number of classes.</param>
    internal static DataPart[] Parts(IReadOnlyList<int> labels, int classes)
    {
        int[] left = new int[classes];
        foreach (IGrouping<int, int> items in labels.GroupBy(label => label))
        {
            int count = items.Count();
            left[items.Key] = Math.Min(count - 1, Math.Max(1, (int)Math.Round(TestShare * count)));
        }

        return [.. labels.Select(label => left[label]-- > 0 ? DataPart.Test : DataPart.Train)];
    }
}
