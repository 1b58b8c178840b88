using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;

namespace StepNet.Tests.Imaging;

/// <summary>Writes PNG files of every kind, a filter for every row in turn, and says which pixels a reader must see.</summary>
internal static class PngWriter
{
    private static readonly (int Left, int Top, int StepX, int StepY)[] s_adam7 =
        [(0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)];

    internal static byte[] Write(
        int width, int height, int type, int depth, bool interlaced, out byte[] rgb, int claimedWidth = 0, int claimedHeight = 0)
    {
        int channels = type switch { 0 or 3 => 1, 2 => 3, 4 => 2, _ => 4 };
        rgb = new byte[3 * width * height];
        for (int y = 0; y < height; y++)
        {
            for (int x = 0; x < width; x++)
            {
                for (int c = 0; c < 3; c++)
                {
                    int value = Value(x, y, type is 2 or 6 ? c : 0, depth);
                    rgb[(3 * ((y * width) + x)) + c] = (byte)(type == 3 ? PaletteByte(value, c)
                        : depth == 16 ? value >> 8 : value * 255 / ((1 << depth) - 1));
                }
            }
        }

        using MemoryStream raw = new();
        foreach ((int left, int top, int stepX, int stepY) in interlaced ? s_adam7 : [(0, 0, 1, 1)])
        {
            WritePass(raw, [.. Steps(left, stepX, width)], [.. Steps(top, stepY, height)], channels, depth);
        }

        using MemoryStream packed = new();
        using (ZLibStream zlib = new(packed, CompressionLevel.Optimal, leaveOpen: true))
        {
            zlib.Write(raw.ToArray());
        }

        byte[] header = new byte[13];
        BinaryPrimitives.WriteInt32BigEndian(header, claimedWidth > 0 ? claimedWidth : width);
        BinaryPrimitives.WriteInt32BigEndian(header.AsSpan(4), claimedHeight > 0 ? claimedHeight : height);
        (header[8], header[9], header[12]) = ((byte)depth, (byte)type, (byte)(interlaced ? 1 : 0));
        byte[] palette = [.. Enumerable.Range(0, type == 3 ? 1 << depth : 0).SelectMany(i => new[] { PaletteByte(i, 0), PaletteByte(i, 1), PaletteByte(i, 2) })];
        byte[] data = packed.ToArray();
        return
        [
            0x89, (byte)'P', (byte)'N', (byte)'G', 13, 10, 26, 10, .. Chunk("IHDR", header), .. type == 3 ? Chunk("PLTE", palette) : [],
            .. Chunk("IDAT", data[..(data.Length / 2)]), .. Chunk("IDAT", data[(data.Length / 2)..]), .. Chunk("IEND", []),
        ];
    }

    private static IEnumerable<int> Steps(int from, int step, int end)
    {
        for (int i = from; i < end; i += step)
        {
            yield return i;
        }
    }

    private static void WritePass(MemoryStream raw, int[] columns, int[] rows, int channels, int depth)
    {
        if (columns.Length == 0)
        {
            return;
        }

        int rowBytes = ((columns.Length * channels * depth) + 7) / 8, distance = Math.Max(1, channels * depth / 8);
        byte[] above = new byte[rowBytes];
        for (int r = 0; r < rows.Length; r++)
        {
            byte[] row = new byte[rowBytes];
            for (int i = 0; i < columns.Length * channels; i++)
            {
                int value = Value(columns[i / channels], rows[r], i % channels, depth), bit = i * depth;
                if (depth == 16)
                {
                    BinaryPrimitives.WriteUInt16BigEndian(row.AsSpan(2 * i), (ushort)value);
                }
                else
                {
                    row[bit / 8] |= (byte)(value << (8 - depth - (bit % 8)));
                }
            }

            int filter = r % 5;
            raw.WriteByte((byte)filter);
            for (int i = 0; i < rowBytes; i++)
            {
                int left = i >= distance ? row[i - distance] : 0, corner = i >= distance ? above[i - distance] : 0, up = above[i];
                int estimate = left + up - corner;
                int paeth = new[] { left, up, corner }.MinBy(value => Math.Abs(estimate - value));
                raw.WriteByte((byte)(row[i] - (filter switch { 0 => 0, 1 => left, 2 => up, 3 => (left + up) / 2, _ => paeth })));
            }

            above = row;
        }
    }

    private static int Value(int x, int y, int channel, int depth) => ((x * 7919) + (y * 104_729) + (channel * 31_337)) & ((1 << depth) - 1);

    private static byte PaletteByte(int index, int channel) => (byte)((index * 37) + (channel * 91));

    internal static byte[] Chunk(string type, byte[] data)
    {
        byte[] body = [.. Encoding.Latin1.GetBytes(type), .. data], length = new byte[4], crc = new byte[4];
        BinaryPrimitives.WriteInt32BigEndian(length, data.Length);
        BinaryPrimitives.WriteUInt32BigEndian(crc, Crc(body));
        return [.. length, .. body, .. crc];
    }

    // Bit by bit, as the standard defines it.
    private static uint Crc(byte[] bytes)
    {
        uint crc = uint.MaxValue;
        foreach (byte b in bytes)
        {
            crc ^= b;
            for (int bit = 0; bit < 8; bit++)
            {
                crc = (crc >> 1) ^ ((crc & 1) * 0xEDB88320u);
            }
        }

        return ~crc;
    }
}
