using System.Buffers.Binary;

namespace StepNet.Imaging.Jpeg;

/// <summary>How a camera was held (Exif 2.32, tag 0x0112): 1 to 8, of which 1 is upright.</summary>
internal static class ExifOrientation
{
    internal const int Upright = 1;
    private const int Tag = 0x0112;

    /// <summary>The orientation that an APP1 segment tells; upright where it tells none.</summary>
    internal static int Read(ReadOnlySpan<byte> segment) => segment.StartsWith("Exif\0\0"u8) ? ReadTiff(segment[6..]) : Upright;

    /// <summary>The same of what stands behind the word Exif, and alone in a PNG.</summary>
    internal static int ReadTiff(ReadOnlySpan<byte> tiff)
    {
        bool little = tiff.StartsWith("II"u8);
        long directory = Number32(tiff, 4, little);
        int entries = Number16(tiff, directory, little);
        for (int k = 0; k < entries; k++)
        {
            long entry = directory + 2 + (12 * k);
            if (Number16(tiff, entry, little) == Tag)
            {
                int orientation = Number16(tiff, entry + 8, little);
                return orientation is >= 1 and <= 8 ? orientation : Upright;
            }
        }

        return Upright;
    }

    /// <summary>The picture upright.</summary>
    internal static RgbImage Apply(RgbImage image, int orientation)
    {
        if (orientation == Upright)
        {
            return image;
        }

        // 5 to 8 exchange rows and columns; then the mirrors.
        bool turned = orientation >= 5;
        bool mirrorX = orientation is 2 or 3 or 7 or 8, mirrorY = orientation is 3 or 4 or 6 or 7;
        RgbImage upright = turned ? new RgbImage(image.Height, image.Width) : new RgbImage(image.Width, image.Height);
        for (int y = 0; y < upright.Height; y++)
        {
            Span<byte> row = upright.Row(y);
            for (int x = 0; x < upright.Width; x++)
            {
                int fromX = turned ? y : x, fromY = turned ? x : y;
                fromX = mirrorX ? image.Width - 1 - fromX : fromX;
                fromY = mirrorY ? image.Height - 1 - fromY : fromY;
                image.Row(fromY).Slice(3 * fromX, 3).CopyTo(row[(3 * x)..]);
            }
        }

        return upright;
    }

    // Behind the end there are zeros: a damaged note about the camera must not cost the picture.
    private static int Number16(ReadOnlySpan<byte> tiff, long offset, bool little) =>
        offset < 0 || offset + 2 > tiff.Length ? 0
            : little ? BinaryPrimitives.ReadUInt16LittleEndian(tiff[(int)offset..])
            : BinaryPrimitives.ReadUInt16BigEndian(tiff[(int)offset..]);

    private static long Number32(ReadOnlySpan<byte> tiff, long offset, bool little)
    {
        long first = Number16(tiff, offset, little), second = Number16(tiff, offset + 2, little);
        return little ? first | (second << 16) : (first << 16) | second;
    }
}
