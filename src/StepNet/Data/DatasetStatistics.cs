namespace StepNet.Data;

/// <summary>Numbers about a whole set of items.</summary>
public static class DatasetStatistics
{
    /// <summary>Mean and standard deviation per channel, over all pixels of the items taken.</summary>
    /// <param name="dataset">Not empty.</param>
    /// <param name="maxItems">At most this many items, evenly spread over the set; at least 1.</param>
    /// <returns>
    /// One value per channel each; the deviation divides by the number of values. 1 for a channel that is the same everywhere, as
    /// <see cref="Normalize"/> wants it.
    /// </returns>
    public static (float[] Mean, float[] Std) MeanAndStd(IDataset dataset, int maxItems = 10_000)
    {
        ArgumentNullException.ThrowIfNull(dataset);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(maxItems);
        ArgumentOutOfRangeException.ThrowIfZero(dataset.Count, nameof(dataset));

        int items = Math.Min(maxItems, dataset.Count), C = dataset.ItemShape.Channels;
        float[] item = new float[dataset.ItemShape.ItemCount];
        int plane = item.Length / C;

        // Sums in double, in the order of the items: 1e9 pixels in [0, 1] keep nine digits. Of differences to the first value, so
        // that a constant channel has the deviation 0 to the bit.
        double[] first = new double[C];
        double[] sum = new double[C], squares = new double[C];
        for (int i = 0; i < items; i++)
        {
            _ = dataset.Read((int)((long)i * dataset.Count / items), item);
            for (int c = 0; c < C; c++)
            {
                first[c] = i == 0 ? item[c * plane] : first[c];
                foreach (float value in item.AsSpan(c * plane, plane))
                {
                    double x = value - first[c];
                    sum[c] += x;
                    squares[c] += x * x;
                }
            }
        }

        double n = (double)items * plane;
        float[] mean = new float[C], std = new float[C];
        for (int c = 0; c < C; c++)
        {
            double m = sum[c] / n;
            double variance = Math.Max(0, (squares[c] / n) - (m * m));
            (mean[c], std[c]) = ((float)(first[c] + m), variance > 0 ? (float)Math.Sqrt(variance) : 1);
        }

        return (mean, std);
    }
}
