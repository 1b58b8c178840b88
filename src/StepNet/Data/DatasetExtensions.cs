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
}
