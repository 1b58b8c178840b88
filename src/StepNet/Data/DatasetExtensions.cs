using StepNet.Kernels;

namespace StepNet.Data;

/// <summary>Views of sets of items.</summary>
public static class DatasetExtensions
{
    /// <summary>The items <paramref name="start"/> to <paramref name="start"/> + <paramref name="count"/> - 1; copies nothing.</summary>
    /// <param name="dataset">The whole set.</param>
    /// <param name="start">First item; becomes index 0 of the view.</param>
    /// <param name="count">Number of items, at least 0.</param>
    /// <exception cref="ArgumentOutOfRangeException">The range reaches outside the set.</exception>
    public static IDataset Take(this IDataset dataset, int start, int count)
    {
        ArgumentNullException.ThrowIfNull(dataset);
        if (start < 0 || count < 0 || start > dataset.Count - count)
        {
            throw new ArgumentOutOfRangeException(nameof(count),
                $"Take: {count} items from {start} on reach outside the {dataset.Count} items of the set. Take fewer.");
        }

        return new DatasetRange(dataset, start, count);
    }

    /// <summary>All items of two sets, those of <paramref name="second"/> behind those of <paramref name="first"/>; copies nothing.</summary>
    /// <param name="first">One set.</param>
    /// <param name="second">Another, of items of the same shape and classes.</param>
    /// <exception cref="ArgumentException">Shapes or classes differ.</exception>
    public static IDataset Concat(this IDataset first, IDataset second)
    {
        ArgumentNullException.ThrowIfNull(first);
        ArgumentNullException.ThrowIfNull(second);
        return first.ItemShape == second.ItemShape && first.Classes.SequenceEqual(second.Classes) ? new DatasetUnion(first, second)
            : throw new ArgumentException($"Concat: items {first.ItemShape} of {first.Classes.Count} classes and {second.ItemShape} of {second.Classes.Count}; "
                + "give sets of the same shape and classes.", nameof(second));
    }

    /// <summary>
    /// Splits a set at random into two that share no item, such as 50,000 into 45,000 and 5,000; copies nothing. No class goes to the part
    /// held out altogether, as long as the rest has room for it.
    /// </summary>
    /// <param name="dataset">The whole set.</param>
    /// <param name="count">Items of the part held out, at least 0 and fewer than the set has.</param>
    /// <param name="seed">Equal seeds give equal parts.</param>
    /// <returns>The rest and the part held out, both in the order of the whole.</returns>
    /// <exception cref="ArgumentOutOfRangeException">Nothing would be left.</exception>
    public static (IDataset Kept, IDataset HeldOut) Split(this IDataset dataset, int count, ulong seed)
    {
        ArgumentNullException.ThrowIfNull(dataset);
        if (count < 0 || count >= dataset.Count)
        {
            throw new ArgumentOutOfRangeException(nameof(count),
                $"Split: {count} of {dataset.Count} items held out; at least one must stay, so hold out 0 to {dataset.Count - 1}.");
        }

        int[] order = [.. Enumerable.Range(0, dataset.Count)];
        new CounterRandom(seed, CounterRandom.KeyOf("split")).Shuffle(order);
        KeepEveryClass(dataset, order, count);
        int[] rest = order[count..], heldOut = order[..count];
        Array.Sort(rest);
        Array.Sort(heldOut);
        return (new DatasetSubset(dataset, rest), new DatasetSubset(dataset, heldOut));
    }

    // What training never shows cannot be learned. The first items that stay nearly always have every class, so few labels are read.
    private static void KeepEveryClass(IDataset dataset, int[] order, int heldOut)
    {
        int[] labels = new int[order.Length], kept = new int[dataset.Classes.Count];
        int missing = kept.Length;
        for (int i = heldOut; i < order.Length && missing > 0; i++)
        {
            labels[i] = dataset.LabelOf(order[i]);
            missing -= kept[labels[i]]++ == 0 ? 1 : 0;
        }

        for (int i = 0; i < heldOut && missing > 0; i++)
        {
            int label = dataset.LabelOf(order[i]);
            if (kept[label] > 0)
            {
                continue;
            }

            int spare = Array.FindIndex(labels, heldOut, other => kept[other] > 1);
            if (spare < 0)
            {
                return;
            }

            kept[labels[spare]]--;
            kept[label]++;
            missing--;
            (order[i], order[spare], labels[spare]) = (order[spare], order[i], label);
        }
    }
}
