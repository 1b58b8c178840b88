namespace StepNet.Imaging.Jpeg;

/// <summary>What the components of a frame mean.</summary>
internal enum JpegColourSpace
{
    Grey,
    Rgb,
    YCbCr,
    Cmyk,
    Ycck,
}

/// <summary>Rows of components to red, green and blue (JFIF 1.02, in 16 fraction bits).</summary>
internal static class JpegColours
{
    private const int FractionBits = 16;
    private const int Half = 1 << (FractionBits - 1);

    /// <param name="space">What the components mean.</param>
    /// <param name="planes">One row of each, <paramref name="width"/> values apart by <paramref name="stride"/>.</param>
    /// <param name="stride">From component to component.</param>
    /// <param name="width">Pixels.</param>
    /// <param name="row">Receives <c>[width, 3]</c>.</param>
    internal static void Row(JpegColourSpace space, ReadOnlySpan<byte> planes, int stride, int width, Span<byte> row)
    {
        for (int x = 0; x < width; x++)
        {
            Span<byte> pixel = row.Slice(3 * x, 3);
            int a = planes[x];
            if (space == JpegColourSpace.Grey)
            {
                pixel.Fill((byte)a);
                continue;
            }

            int b = planes[stride + x], c = planes[(2 * stride) + x];
            if (space is JpegColourSpace.YCbCr or JpegColourSpace.Ycck)
            {
                (a, b, c) = FromYCbCr(a, b - 128, c - 128);
            }

            if (space is JpegColourSpace.Cmyk or JpegColourSpace.Ycck)
            {
                // Adobe stores inks inverted: 255 is no ink; so colours multiply with black. YCCK holds RGB of the plain inks.
                int black = planes[(3 * stride) + x];
                (a, b, c) = space == JpegColourSpace.Ycck ? (255 - a, 255 - b, 255 - c) : (a, b, c);
                (a, b, c) = (a * black / 255, b * black / 255, c * black / 255);
            }

            (pixel[0], pixel[1], pixel[2]) = ((byte)a, (byte)b, (byte)c);
        }
    }

    private static (int Red, int Green, int Blue) FromYCbCr(int y, int blueness, int redness) => (
        Math.Clamp(y + (((Fixed(1.40200) * redness) + Half) >> FractionBits), 0, 255),
        Math.Clamp(y + (((-Fixed(0.34414) * blueness) - (Fixed(0.71414) * redness) + Half) >> FractionBits), 0, 255),
        Math.Clamp(y + (((Fixed(1.77200) * blueness) + Half) >> FractionBits), 0, 255));

    private static int Fixed(double factor) => (int)Math.Round(factor * (1 << FractionBits));
}
