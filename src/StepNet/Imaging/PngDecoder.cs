using System.IO.Compression;
using StepNet.Imaging.Jpeg;

namespace StepNet.Imaging;

/// <summary>PNG: all colour types and bit depths, interlaced or not, every chunk's checksum verified, Exif orientation.</summary>
/// <remarks>Of 16 bits the upper eight are kept; alpha is left out, as image loaders of the field do.</remarks>
public sealed class PngDecoder : IImageDecoder
{
    // Deflate writes at least one bit for every 258 bytes it repeats, two with its distance: 1032 : 1 at best.
    private const long MaxRatio = 1032;

    internal static ReadOnlySpan<byte> Signature => [0x89, (byte)'P', (byte)'N', (byte)'G', 13, 10, 26, 10];

    /// <inheritdoc/>
    public string Format => "PNG";

    /// <inheritdoc/>
    public bool Recognizes(ReadOnlySpan<byte> head) => head.StartsWith(Signature[..4]);

    /// <inheritdoc/>
    public RgbImage Decode(ReadOnlySpan<byte> file, long maxPixels)
    {
        if (!file.StartsWith(Signature))
        {
            throw new ImageException("PNG: the signature is damaged, as by a transfer in text mode");
        }

        using MemoryStream packed = new();
        PngHeader? header = null;
        byte[] palette = [];
        int orientation = ExifOrientation.Upright;
        PngChunks chunks = new(file[Signature.Length..], Signature.Length);
        while (chunks.Next())
        {
            switch (chunks.Type)
            {
                case "IHDR":
                    header = PngHeader.Read(chunks.Data, maxPixels);
                    break;
                case "PLTE":
                    palette = chunks.Data.ToArray();
                    break;
                case "eXIf":
                    orientation = ExifOrientation.ReadTiff(chunks.Data);
                    break;
                case "IDAT":
                    packed.Write(chunks.Data);
                    break;
            }
        }

        if (header is null)
        {
            throw new ImageException("PNG: there is no header chunk IHDR");
        }

        if (header.Indexed && (palette.Length == 0 || palette.Length % 3 != 0))
        {
            throw new ImageException($"PNG: the pixels are indices, but the palette has {palette.Length} bytes; expected three a colour");
        }

        if (header.UnpackedBytes > packed.Length * MaxRatio)
        {
            throw new ImageException(
                $"PNG: {packed.Length} bytes of image data cannot hold {header.Width} x {header.Height} pixels: the file is cut off or damaged");
        }

        packed.Position = 0;
        return ExifOrientation.Apply(Unpack(header, palette, packed), orientation);
    }

    private static RgbImage Unpack(PngHeader header, byte[] palette, Stream packed)
    {
        RgbImage image = new(header.Width, header.Height);
        try
        {
            using ZLibStream unpacked = new(packed, CompressionMode.Decompress);
            foreach (PngPass pass in header.Passes)
            {
                byte[] above = new byte[pass.RowBytes(header)], row = new byte[above.Length];
                for (int y = 0; y < pass.Height; y++)
                {
                    int filter = unpacked.ReadByte();
                    unpacked.ReadExactly(row);
                    PngFilter.Undo(filter, row, above, header.PixelBytes);
                    header.Convert(row, palette, image.Row(pass.Top + (y * pass.StepY)), pass);
                    (above, row) = (row, above);
                }
            }
        }
        catch (Exception e) when (e is InvalidDataException or EndOfStreamException)
        {
            throw new ImageException("PNG: the image data are cut off or damaged", e);
        }

        return image;
    }
}
