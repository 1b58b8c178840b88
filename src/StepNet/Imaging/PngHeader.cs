using System.Buffers.Binary;

namespace StepNet.Imaging;

/// <summary>What <c>IHDR</c> says, and how its pixels become red, green and blue.</summary>
internal sealed class PngHeader
{
    private const int Colour = 2, Palette = 1; // bits of the colour type

    private readonly int _depth;
    private readonly int _type;

    private PngHeader(int width, int height, int depth, int type, bool interlaced)
    {
        (Width, Height, _depth, _type) = (width, height, depth, type);
        Passes = [.. PngPass.Of(width, height, interlaced)];
    }

    internal int Width { get; }

    internal int Height { get; }

    internal IReadOnlyList<PngPass> Passes { get; }

    internal bool Indexed => _type == (Colour | Palette);

    internal int PixelBits => _depth * Channels;

    /// <summary>Distance of the filters' left neighbour.</summary>
    internal int PixelBytes => Math.Max(1, PixelBits / 8);

    /// <summary>Bytes of all rows with their filters.</summary>
    internal long UnpackedBytes => Passes.Sum(pass => (long)pass.Height * (1 + pass.RowBytes(this)));

    private int Channels => _type switch { 0 or 3 => 1, 2 => 3, 4 => 2, _ => 4 };

    internal static PngHeader Read(ReadOnlySpan<byte> data, long maxPixels)
    {
        if (data.Length != 13)
        {
            throw new ImageException($"PNG: the header chunk has {data.Length} bytes, expected 13");
        }

        uint width = BinaryPrimitives.ReadUInt32BigEndian(data), height = BinaryPrimitives.ReadUInt32BigEndian(data[4..]);
        ImageDecoders.CheckSize("PNG", width, height, maxPixels);
        int depth = data[8], type = data[9];
        bool known = type switch
        {
            0 => depth is 1 or 2 or 4 or 8 or 16,
            3 => depth is 1 or 2 or 4 or 8,
            2 or 4 or 6 => depth is 8 or 16,
            _ => false,
        };
        return known && data[10] == 0 && data[11] == 0 && data[12] <= 1
            ? new PngHeader((int)width, (int)height, depth, type, data[12] == 1)
            : throw new ImageException(
                $"PNG: colour type {type} with {depth} bits, compression {data[10]}, filter {data[11]}, interlace {data[12]} is none of the standard's");
    }

    /// <summary>Writes the pixels of one row of a pass.</summary>
    /// <param name="row">Unfiltered.</param>
    /// <param name="palette">Three bytes a colour.</param>
    /// <param name="to">The row of the picture, <c>[Width, 3]</c>.</param>
    /// <param name="pass">Where the pixels go.</param>
    internal void Convert(ReadOnlySpan<byte> row, ReadOnlySpan<byte> palette, Span<byte> to, PngPass pass)
    {
        int bytes = PixelBits / 8, green = _depth / 8;
        for (int x = 0; x < pass.Width; x++)
        {
            Span<byte> pixel = to.Slice(3 * (pass.Left + (x * pass.StepX)), 3);
            if (Indexed)
            {
                int index = Sample(row, x);
                if (3 * index >= palette.Length)
                {
                    throw new ImageException($"PNG: a pixel names colour {index} of a palette of {palette.Length / 3}");
                }

                palette.Slice(3 * index, 3).CopyTo(pixel);
            }
            else if ((_type & Colour) != 0)
            {
                ReadOnlySpan<byte> from = row.Slice(x * bytes, bytes);
                (pixel[0], pixel[1], pixel[2]) = (from[0], from[green], from[2 * green]);
            }
            else
            {
                pixel.Fill(_depth >= 8 ? row[x * bytes] : (byte)(Sample(row, x) * 255 / ((1 << _depth) - 1)));
            }
        }
    }

    /// <summary>A sample of at most eight bits.</summary>
    private int Sample(ReadOnlySpan<byte> row, int x)
    {
        int bit = x * _depth;
        return (row[bit / 8] >> (8 - _depth - (bit % 8))) & ((1 << _depth) - 1);
    }
}
