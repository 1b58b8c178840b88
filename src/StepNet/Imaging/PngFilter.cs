namespace StepNet.Imaging;

/// <summary>The five row filters of PNG.</summary>
internal static class PngFilter
{
    /// <summary>Turns differences back into bytes, in place.</summary>
    /// <param name="filter">0 to 4.</param>
    /// <param name="row">As unpacked.</param>
    /// <param name="above">The row above, done; zeros above the first.</param>
    /// <param name="pixelBytes">Distance to the byte on the left, at least 1.</param>
    internal static void Undo(int filter, Span<byte> row, ReadOnlySpan<byte> above, int pixelBytes)
    {
        for (int i = 0; i < row.Length && filter != 0; i++)
        {
            int left = i >= pixelBytes ? row[i - pixelBytes] : 0;
            int corner = i >= pixelBytes ? above[i - pixelBytes] : 0;
            row[i] += (byte)(filter switch
            {
                1 => left,
                2 => above[i],
                3 => (left + above[i]) / 2,
                4 => Paeth(left, above[i], corner),
                _ => throw new ImageException($"PNG: a row has filter {filter}; filters are 0 to 4"),
            });
        }
    }

    // Of the three neighbours the one nearest to left + above - corner.
    private static int Paeth(int left, int above, int corner)
    {
        int toLeft = Math.Abs(above - corner), toAbove = Math.Abs(left - corner), toCorner = Math.Abs(left + above - (2 * corner));
        return toLeft <= toAbove && toLeft <= toCorner ? left : toAbove <= toCorner ? above : corner;
    }
}
