using System.Buffers.Binary;
using System.Numerics;

namespace StepNet.Imaging;

/// <summary>Windows bitmaps: 1, 4, 8, 16, 24 and 32 bits a pixel, bit fields, RLE4 and RLE8, rows from the bottom or the top.</summary>
public sealed class BmpDecoder : IImageDecoder
{
    private const int FileHeader = 14;
    private const int Rgb = 0, Rle8 = 1, Rle4 = 2, BitFields = 3, AlphaBitFields = 6;

    /// <inheritdoc/>
    public string Format => "BMP";

    /// <inheritdoc/>
    public bool Recognizes(ReadOnlySpan<byte> head) => head.StartsWith("BM"u8);

    /// <inheritdoc/>
    public RgbImage Decode(ReadOnlySpan<byte> file, long maxPixels)
    {
        Header header = Header.Read(file, maxPixels);
        return header.Compression is Rle4 or Rle8 ? ReadRuns(file, header) : ReadRows(file, header);
    }

    private static RgbImage ReadRows(ReadOnlySpan<byte> file, in Header header)
    {
        int stride = (int)(((((long)header.Width * header.Bits) + 31) / 32) * 4);
        ReadOnlySpan<byte> rows = Slice(file, header.DataOffset, (long)stride * header.Height, "pixel rows");
        ReadOnlySpan<byte> palette = Palette(file, header);

        // Behind the look at the file's length: a header alone takes no memory.
        RgbImage image = new(header.Width, header.Height);
        for (int row = 0; row < header.Height; row++)
        {
            ReadOnlySpan<byte> from = rows.Slice(row * stride, stride);
            Span<byte> to = image.Row(header.TopDown ? row : header.Height - 1 - row);
            for (int x = 0; x < header.Width; x++)
            {
                Span<byte> pixel = to.Slice(3 * x, 3);
                switch (header.Bits)
                {
                    case <= 8:
                        int bit = x * header.Bits;
                        int index = (from[bit / 8] >> (8 - header.Bits - (bit % 8))) & ((1 << header.Bits) - 1);
                        Colour(palette, header, index, pixel);
                        break;
                    case 24:
                        (pixel[0], pixel[1], pixel[2]) = (from[(3 * x) + 2], from[(3 * x) + 1], from[3 * x]);
                        break;
                    default:
                        uint word = header.Bits == 16
                            ? BinaryPrimitives.ReadUInt16LittleEndian(from[(2 * x)..])
                            : BinaryPrimitives.ReadUInt32LittleEndian(from[(4 * x)..]);
                        (pixel[0], pixel[1], pixel[2]) = (Field(word, header.Red), Field(word, header.Green), Field(word, header.Blue));
                        break;
                }
            }
        }

        return image;
    }

    // A pair of bytes is a run, or after a zero: 0 end of line, 1 end of picture, 2 a jump, else so many pixels as they are.
    private static RgbImage ReadRuns(ReadOnlySpan<byte> file, in Header header)
    {
        ReadOnlySpan<byte> palette = Palette(file, header);
        RgbImage image = new(header.Width, header.Height);
        int position = header.DataOffset, x = 0, row = 0;
        while (true)
        {
            int count = Slice(file, position, 2, "runs")[0], value = file[position + 1];
            position += 2;
            if (count > 0)
            {
                for (int i = 0; i < count; i++)
                {
                    Set(palette, header, image, x++, row, header.Bits == 8 ? value : i % 2 == 0 ? value >> 4 : value & 15);
                }
            }
            else if (value == 1)
            {
                return image;
            }
            else if (value == 0)
            {
                (x, row) = (0, row + 1);
            }
            else if (value == 2)
            {
                ReadOnlySpan<byte> jump = Slice(file, position, 2, "runs");
                (x, row, position) = (x + jump[0], row + jump[1], position + 2);
            }
            else
            {
                int bytes = header.Bits == 8 ? value : (value + 1) / 2;
                ReadOnlySpan<byte> literal = Slice(file, position, bytes, "runs");
                for (int i = 0; i < value; i++)
                {
                    int index = header.Bits == 8 ? literal[i] : i % 2 == 0 ? literal[i / 2] >> 4 : literal[i / 2] & 15;
                    Set(palette, header, image, x++, row, index);
                }

                position += bytes + (bytes % 2);
            }
        }
    }

    private static void Set(ReadOnlySpan<byte> palette, in Header header, RgbImage image, int x, int row, int index)
    {
        if (x >= header.Width || row >= header.Height)
        {
            throw new ImageException($"BMP: a run leaves the picture of {header.Width} x {header.Height} pixels at column {x}, row {row}");
        }

        Colour(palette, header, index, image.Row(header.TopDown ? row : header.Height - 1 - row).Slice(3 * x, 3));
    }

    private static ReadOnlySpan<byte> Palette(ReadOnlySpan<byte> file, in Header header) =>
        header.Bits > 8 ? [] : Slice(file, header.PaletteOffset, (long)header.Colours * header.PaletteEntry, "the palette");

    private static void Colour(ReadOnlySpan<byte> palette, in Header header, int index, Span<byte> pixel)
    {
        if (index >= header.Colours)
        {
            throw new ImageException($"BMP: a pixel names colour {index} of a palette of {header.Colours}");
        }

        ReadOnlySpan<byte> entry = palette[(index * header.PaletteEntry)..];
        (pixel[0], pixel[1], pixel[2]) = (entry[2], entry[1], entry[0]);
    }

    /// <summary>The bits of a field, stretched to eight.</summary>
    private static byte Field(uint word, uint mask)
    {
        if (mask == 0)
        {
            return 0;
        }

        ulong value = (word & mask) >> BitOperations.TrailingZeroCount(mask);
        ulong full = mask >> BitOperations.TrailingZeroCount(mask);
        return (byte)(((value * 255) + (full / 2)) / full);
    }

    private static ReadOnlySpan<byte> Slice(ReadOnlySpan<byte> file, long offset, long length, string what) =>
        offset >= 0 && length >= 0 && offset + length <= file.Length ? file.Slice((int)offset, (int)length)
            : throw new ImageException($"BMP: the file ends inside {what}: {offset + length} bytes needed, {file.Length} there");

    private readonly struct Header
    {
        internal int Width { get; private init; }

        internal int Height { get; private init; }

        internal bool TopDown { get; private init; }

        internal int Bits { get; private init; }

        internal int Compression { get; private init; }

        internal int DataOffset { get; private init; }

        internal int PaletteOffset { get; private init; }

        internal int PaletteEntry { get; private init; }

        internal int Colours { get; private init; }

        internal uint Red { get; private init; }

        internal uint Green { get; private init; }

        internal uint Blue { get; private init; }

        internal static Header Read(ReadOnlySpan<byte> file, long maxPixels)
        {
            ReadOnlySpan<byte> head = Slice(file, FileHeader, 4, "the header");
            int size = BinaryPrimitives.ReadInt32LittleEndian(head);
            bool core = size == 12;
            if (!core && size is < 40 or > 124)
            {
                throw new ImageException($"BMP: the second header says that it has {size} bytes; expected 12 or 40 to 124");
            }

            head = Slice(file, FileHeader, size, "the header");
            long width = core ? BinaryPrimitives.ReadUInt16LittleEndian(head[4..]) : BinaryPrimitives.ReadInt32LittleEndian(head[4..]);
            long height = core ? BinaryPrimitives.ReadUInt16LittleEndian(head[6..]) : BinaryPrimitives.ReadInt32LittleEndian(head[8..]);
            ImageDecoders.CheckSize("BMP", width, Math.Abs(height), maxPixels);
            int bits = BinaryPrimitives.ReadUInt16LittleEndian(head[(core ? 10 : 14)..]);
            int compression = core ? Rgb : BinaryPrimitives.ReadInt32LittleEndian(head[16..]);
            bool known = compression switch
            {
                Rgb => bits is 1 or 4 or 8 or 16 or 24 or 32,
                Rle8 => bits == 8,
                Rle4 => bits == 4,
                BitFields or AlphaBitFields => bits is 16 or 32,
                _ => false,
            };
            if (!known)
            {
                throw new ImageException($"BMP: {bits} bits a pixel with compression {compression} are no bitmap that is read");
            }

            bool fields = compression is BitFields or AlphaBitFields;
            int masksAfter = fields && size == 40 ? (compression == BitFields ? 12 : 16) : 0;
            ReadOnlySpan<byte> masks = fields ? Slice(file, FileHeader + 40, 12, "the bit masks") : [];
            int colours = core ? 0 : BinaryPrimitives.ReadInt32LittleEndian(head[32..]);
            return new Header
            {
                Width = (int)width,
                Height = (int)Math.Abs(height),
                TopDown = height < 0,
                Bits = bits,
                Compression = compression,
                DataOffset = BinaryPrimitives.ReadInt32LittleEndian(file[10..]),
                PaletteOffset = FileHeader + size + masksAfter,
                PaletteEntry = core ? 3 : 4,
                Colours = bits > 8 ? 0 : colours > 0 && colours < 1 << bits ? colours : 1 << bits,
                Red = fields ? BinaryPrimitives.ReadUInt32LittleEndian(masks) : bits == 16 ? 0x7C00u : 0xFF0000u,
                Green = fields ? BinaryPrimitives.ReadUInt32LittleEndian(masks[4..]) : bits == 16 ? 0x03E0u : 0x00FF00u,
                Blue = fields ? BinaryPrimitives.ReadUInt32LittleEndian(masks[8..]) : bits == 16 ? 0x001Fu : 0x0000FFu,
            };
        }
    }
}
