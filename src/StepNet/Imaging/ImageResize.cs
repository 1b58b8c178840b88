namespace StepNet.Imaging;

/// <summary>Changes the size of a picture.</summary>
public static class ImageResize
{
    // Weights in fixed point: eight bits of the pixel, 22 of the weight, two to spare.
    private const int FractionBits = 22;

    /// <summary>
    /// Bilinear with anti-aliasing: where the picture shrinks, the triangle filter is as wide as a new pixel. First across, then
    /// down, each rounded to eight bits, as Pillow and torchvision resize pictures.
    /// </summary>
    /// <param name="image">Unchanged.</param>
    /// <param name="width">New width, at least 1.</param>
    /// <param name="height">New height, at least 1.</param>
    public static RgbImage Bilinear(RgbImage image, int width, int height)
    {
        ArgumentNullException.ThrowIfNull(image);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(width);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(height);
        return Resample(image, (width, height), (0, 0), (width, height));
    }

    /// <summary>Scales the shorter side to <paramref name="size"/> and cuts the square out of the middle.</summary>
    /// <param name="image">Unchanged.</param>
    /// <param name="size">Height and width of the result, at least 1.</param>
    /// <remarks>What is cut away is not scaled: a strip of a few pixels costs no more than a square.</remarks>
    public static RgbImage ShorterSideAndCrop(RgbImage image, int size)
    {
        ArgumentNullException.ThrowIfNull(image);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(size);
        long longer = (long)size * Math.Max(image.Width, image.Height) / Math.Min(image.Width, image.Height);
        bool wide = image.Width > image.Height;
        long width = wide ? longer : size, height = wide ? size : longer;

        // Half to even, as the field's reference crops.
        return Resample(image, (width, height), ((long)Math.Round((width - size) / 2.0), (long)Math.Round((height - size) / 2.0)), (size, size));
    }

    // A part of the picture in a new size.
    private static RgbImage Resample(RgbImage image, (long Width, long Height) size, (long Left, long Top) from, (int Width, int Height) part)
    {
        if (size == (image.Width, image.Height))
        {
            return Crop(image, (int)from.Left, (int)from.Top, part.Width, part.Height);
        }

        Taps[] across = Taps.Of(image.Width, size.Width, from.Left, part.Width), down = Taps.Of(image.Height, size.Height, from.Top, part.Height);
        int first = down[0].First, end = down[^1].First + down[^1].Weights.Length;
        return Down(Across(image, across, first, end - first), down, first);
    }

    private static RgbImage Crop(RgbImage image, int left, int top, int width, int height)
    {
        if ((width, height) == (image.Width, image.Height))
        {
            return image;
        }

        RgbImage cropped = new(width, height);
        for (int y = 0; y < height; y++)
        {
            image.Row(top + y).Slice(3 * left, 3 * width).CopyTo(cropped.Row(y));
        }

        return cropped;
    }

    private static RgbImage Across(RgbImage image, Taps[] taps, int firstRow, int rows)
    {
        RgbImage result = new(taps.Length, rows);
        for (int y = 0; y < rows; y++)
        {
            Span<byte> from = image.Row(firstRow + y), to = result.Row(y);
            for (int x = 0; x < taps.Length; x++)
            {
                int red = 1 << (FractionBits - 1), green = red, blue = red, at = 3 * taps[x].First;
                foreach (int weight in taps[x].Weights)
                {
                    red += from[at] * weight;
                    green += from[at + 1] * weight;
                    blue += from[at + 2] * weight;
                    at += 3;
                }

                (to[3 * x], to[(3 * x) + 1], to[(3 * x) + 2]) = (Round(red), Round(green), Round(blue));
            }
        }

        return result;
    }

    private static RgbImage Down(RgbImage image, Taps[] taps, int firstRow)
    {
        RgbImage result = new(image.Width, taps.Length);
        int[] sums = new int[3 * image.Width];
        for (int y = 0; y < taps.Length; y++)
        {
            Array.Fill(sums, 1 << (FractionBits - 1));
            for (int k = 0; k < taps[y].Weights.Length; k++)
            {
                ReadOnlySpan<byte> from = image.Row(taps[y].First - firstRow + k);
                int weight = taps[y].Weights[k];
                for (int i = 0; i < sums.Length; i++)
                {
                    sums[i] += from[i] * weight;
                }
            }

            Span<byte> to = result.Row(y);
            for (int i = 0; i < sums.Length; i++)
            {
                to[i] = Round(sums[i]);
            }
        }

        return result;
    }

    private static byte Round(int sum) => (byte)Math.Clamp(sum >> FractionBits, 0, 255);

    /// <summary>The old pixels that make a new one, and how much each counts.</summary>
    private readonly record struct Taps(int First, int[] Weights)
    {
        /// <summary>Those of <paramref name="count"/> pixels of <paramref name="to"/>, from <paramref name="start"/> on.</summary>
        internal static Taps[] Of(int from, long to, long start, int count)
        {
            double scale = (double)from / to, reach = Math.Max(scale, 1);
            Taps[] taps = new Taps[count];
            for (int i = 0; i < count; i++)
            {
                double centre = (start + i + 0.5) * scale;
                int first = Math.Max((int)(centre - reach + 0.5), 0), end = Math.Min((int)(centre + reach + 0.5), from);
                double[] weights = [.. Enumerable.Range(first, end - first).Select(k => Math.Max(0, 1 - Math.Abs((k - centre + 0.5) / reach)))];
                double sum = weights.Sum();
                taps[i] = new Taps(first, [.. weights.Select(weight => (int)((weight / sum * (1 << FractionBits)) + 0.5))]);
            }

            return taps;
        }
    }
}
