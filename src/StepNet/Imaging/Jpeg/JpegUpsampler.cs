namespace StepNet.Imaging.Jpeg;

/// <summary>
/// Rows of a colour plane at the picture's resolution. Where a plane has half of it, a sample is three parts the nearer and one
/// part the farther neighbour, in each direction, as decoders commonly do; other ratios repeat samples.
/// </summary>
internal static class JpegUpsampler
{
    /// <summary>Writes one row.</summary>
    /// <param name="frame">The picture.</param>
    /// <param name="component">One of its planes.</param>
    /// <param name="y">Row of the picture.</param>
    /// <param name="sums">Scratch, at least the plane's width.</param>
    /// <param name="row">Receives at least the picture's width; room for one sample more.</param>
    internal static void Row(JpegFrame frame, JpegComponent component, int y, Span<int> sums, Span<byte> row)
    {
        bool halfWide = frame.MaxH == 2 * component.H, halfHigh = frame.MaxV == 2 * component.V;
        bool fullWide = frame.MaxH == component.H, fullHigh = frame.MaxV == component.V;
        int near = y * component.V / frame.MaxV;
        ReadOnlySpan<byte> plane = component.Samples.AsSpan(near * component.Stride, component.Width);
        if (fullWide && fullHigh)
        {
            plane[..frame.Width].CopyTo(row);
        }
        else if (halfHigh && (fullWide || (halfWide && component.Width > 2)))
        {
            int far = Math.Clamp(y % 2 == 0 ? near - 1 : near + 1, 0, component.Height - 1);
            ReadOnlySpan<byte> other = component.Samples.AsSpan(far * component.Stride, component.Width);
            for (int x = 0; x < plane.Length; x++)
            {
                sums[x] = (3 * plane[x]) + other[x];
            }

            if (halfWide)
            {
                Widen(sums[..plane.Length], 8, 7, 4, row);
            }
            else
            {
                int round = y % 2 == 0 ? 1 : 2;
                for (int x = 0; x < frame.Width; x++)
                {
                    row[x] = (byte)((sums[x] + round) >> 2);
                }
            }
        }
        else if (fullHigh && halfWide && component.Width > 2)
        {
            for (int x = 0; x < plane.Length; x++)
            {
                sums[x] = plane[x];
            }

            Widen(sums[..plane.Length], 1, 2, 2, row);
        }
        else
        {
            for (int x = 0; x < frame.Width; x++)
            {
                row[x] = plane[x * component.H / frame.MaxH];
            }
        }
    }

    // Left and right outputs round differently, so that errors do not add up to a shift.
    private static void Widen(ReadOnlySpan<int> values, int roundLeft, int roundRight, int shift, Span<byte> row)
    {
        int last = values.Length - 1;
        for (int x = 0; x <= last; x++)
        {
            int left = values[Math.Max(x - 1, 0)], right = values[Math.Min(x + 1, last)];
            row[2 * x] = (byte)(((3 * values[x]) + left + roundLeft) >> shift);
            row[(2 * x) + 1] = (byte)(((3 * values[x]) + right + roundRight) >> shift);
        }
    }
}
