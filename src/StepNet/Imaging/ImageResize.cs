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
        return Down(Across(image, width), height);
    }

    /// <summary>Scales the shorter side to <paramref name="size"/> and cuts the square out of the middle.</summary>
    /// <param name="image">Unchanged.</param>
    /// <param name="size">Height and width of the result, at least 1.</param>
    public static RgbImage ShorterSideAndCrop(RgbImage image, int size)
    {
        ArgumentNullException.ThrowIfNull(image);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(size);
        bool wide = image.Width > image.Height;
        int longer = (int)((long)size * Math.Max(image.Width, image.Height) / Math.Min(image.Width, image.Height));
        return Crop(wide ? Bilinear(image, longer, size) : Bilinear(image, size, longer), size);
    }

    private static RgbImage Crop(RgbImage image, int size)
    {
        // Half to even, as the field's reference crops.
        int left = (int)Math.Round((image.Width - size) / 2.0), top = (int)Math.Round((image.Height - size) / 2.0);
        RgbImage cropped = new(size, size);
        for (int y = 0; y < size; y++)
        {
            image.Row(top + y).Slice(3 * left, 3 * size).CopyTo(cropped.Row(y));
        }

        return cropped;
    }

    private static RgbImage Across(RgbImage image, int width)
    {
        if (image.Width == width)
        {
            return image;
        }

        Taps[] taps = Taps.Of(image.Width, width);
        RgbImage result = new(width, image.Height);
        for (int y = 0; y < image.Height; y++)
        {
            Span<byte> from = image.Row(y), to = result.Row(y);
            for (int x = 0; x < width; x++)
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

    private static RgbImage Down(RgbImage image, int height)
    {
        if (image.Height == height)
        {
            return image;
        }

        Taps[] taps = Taps.Of(image.Height, height);
        RgbImage result = new(image.Width, height);
        int[] sums = new int[3 * image.Width];
        for (int y = 0; y < height; y++)
        {
            Array.Fill(sums, 1 << (FractionBits - 1));
            for (int k = 0; k < taps[y].Weights.Length; k++)
            {
                ReadOnlySpan<byte> from = image.Row(taps[y].First + k);
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
        internal static Taps[] Of(int from, int to)
        {
            double scale = (double)from / to, reach = Math.Max(scale, 1);
            Taps[] taps = new Taps[to];
            for (int i = 0; i < to; i++)
            {
                double centre = (i + 0.5) * scale;
                int first = Math.Max((int)(centre - reach + 0.5), 0), end = Math.Min((int)(centre + reach + 0.5), from);
                double[] weights = [.. Enumerable.Range(first, end - first).Select(k => Math.Max(0, 1 - Math.Abs((k - centre + 0.5) / reach)))];
                double sum = weights.Sum();
                taps[i] = new Taps(first, [.. weights.Select(weight => (int)((weight / sum * (1 << FractionBits)) + 0.5))]);
            }

            return taps;
        }
    }
}
