using System.Buffers.Binary;
using System.IO.Compression;

namespace StepNet.Imaging;

/// <summary>Writes pictures as PNG: eight bits each of red, green and blue, no interlace (RFC 2083).</summary>
public static class PngEncoder
{
    private const byte TrueColour = 2, FilterUp = 2;

    /// <summary>The bytes of a PNG file.</summary>
    /// <param name="image">Unchanged.</param>
    public static byte[] Encode(RgbImage image)
    {
        ArgumentNullException.ThrowIfNull(image);
        byte[] header = new byte[13];
        BinaryPrimitives.WriteInt32BigEndian(header, image.Width);
        BinaryPrimitives.WriteInt32BigEndian(header.AsSpan(4), image.Height);
        (header[8], header[9]) = (8, TrueColour);
        using MemoryStream file = new();
        file.Write(PngDecoder.Signature);
        WriteChunk(file, "IHDR"u8, header);
        WriteChunk(file, "IDAT"u8, Pack(image));
        WriteChunk(file, "IEND"u8, []);
        return file.ToArray();
    }

    // One filter for all rows, the difference to the row above: good enough, and without a choice.
    private static byte[] Pack(RgbImage image)
    {
        using MemoryStream packed = new();
        using (ZLibStream zlib = new(packed, CompressionLevel.Optimal, leaveOpen: true))
        {
            byte[] above = new byte[3 * image.Width], filtered = new byte[above.Length];
            for (int y = 0; y < image.Height; y++)
            {
                Span<byte> row = image.Row(y);
                for (int i = 0; i < row.Length; i++)
                {
                    filtered[i] = (byte)(row[i] - above[i]);
                }

                zlib.WriteByte(FilterUp);
                zlib.Write(filtered);
                row.CopyTo(above);
            }
        }

        return packed.ToArray();
    }

    private static void WriteChunk(MemoryStream file, ReadOnlySpan<byte> type, ReadOnlySpan<byte> data)
    {
        byte[] body = [.. type, .. data];
        Span<byte> number = stackalloc byte[4];
        BinaryPrimitives.WriteInt32BigEndian(number, data.Length);
        file.Write(number);
        file.Write(body);
        BinaryPrimitives.WriteUInt32BigEndian(number, PngChunks.Crc(body));
        file.Write(number);
    }
}
