using System.Runtime.InteropServices;
using StepNet.Imaging;

namespace StepNet.Data;

/// <summary>What is kept of an image that was decoded once.</summary>
internal sealed class ImageReading
{
    private readonly long[] _sums = new long[3], _squares = new long[3];

    private ImageReading(RgbImage image, UInt128 hash) => (Width, Height, Hash) = (image.Width, image.Height, hash);

    internal int Width { get; }

    internal int Height { get; }

    /// <summary>Of size and pixels as decoded, before they are resized.</summary>
    internal UInt128 Hash { get; }

    /// <summary>1 where all pixels are grey, else 3.</summary>
    internal int Channels { get; private init; }

    /// <summary>The item, <c>[3, size, size]</c>; null where it is not to be kept.</summary>
    internal byte[]? Pixels { get; private init; }

    internal static ImageReading Of(RgbImage image, int size, bool keep)
    {
        byte[] item = ImageFolderDataset.Fit(image, size);
        UInt128 hash = ItemFacts.HashOf(image.Pixels) ^ ItemFacts.HashOf(MemoryMarshal.AsBytes<int>([image.Width, image.Height]));
        ImageReading reading = new(image, hash) { Channels = IsGrey(image.Pixels) ? 1 : 3, Pixels = keep ? item : null };
        for (int i = 0; i < item.Length; i++)
        {
            int c = i / (size * size);
            reading._sums[c] += item[i];
            reading._squares[c] += item[i] * item[i];
        }

        return reading;
    }

    /// <summary>Mean and standard deviation per channel, for pixels in [0, 1]. Sums are whole numbers, so no order of items shows.</summary>
    /// <param name="readings">One or more.</param>
    /// <param name="plane">Pixels of an item.</param>
    /// <returns>A channel that is the same everywhere has the deviation 1.</returns>
    internal static (float[] Mean, float[] Std) MeanAndStd(IEnumerable<ImageReading> readings, long plane)
    {
        long[] sums = new long[3], squares = new long[3];
        long count = 0;
        foreach (ImageReading reading in readings)
        {
            count += plane;
            for (int c = 0; c < 3; c++)
            {
                sums[c] += reading._sums[c];
                squares[c] += reading._squares[c];
            }
        }

        float[] mean = new float[3], std = new float[3];
        for (int c = 0; c < 3; c++)
        {
            // In 128 bits: n sum(x^2) - sum(x)^2 without rounding.
            double variance = (double)(((Int128)count * squares[c]) - ((Int128)sums[c] * sums[c])) / ((double)count * count);
            (mean[c], std[c]) = ((float)(sums[c] / (255.0 * count)), variance > 0 ? (float)(Math.Sqrt(variance) / 255) : 1);
        }

        return (mean, std);
    }

    private static bool IsGrey(byte[] pixels)
    {
        for (int i = 0; i < pixels.Length; i += 3)
        {
            if (pixels[i] != pixels[i + 1] || pixels[i] != pixels[i + 2])
            {
                return false;
            }
        }

        return true;
    }
}
