using System.Buffers.Binary;
using System.Text;

namespace StepNet.Imaging;

/// <summary>Walks over the chunks of a PNG file up to <c>IEND</c>.</summary>
/// <param name="chunks">The file behind its signature.</param>
/// <param name="offset">Where that begins in the file: errors name places in the file.</param>
internal ref struct PngChunks(ReadOnlySpan<byte> chunks, int offset)
{
    private const int Frame = 12; // length, type, checksum

    private static readonly uint[] s_crc = CrcTable();

    private readonly ReadOnlySpan<byte> _chunks = chunks;
    private int _position;

    /// <summary>Four letters.</summary>
    internal string Type { get; private set; } = "";

    internal ReadOnlySpan<byte> Data { get; private set; }

    /// <summary>Goes to the next chunk; false at <c>IEND</c>.</summary>
    /// <exception cref="ImageException">The file ends before <c>IEND</c>, or a checksum is wrong.</exception>
    internal bool Next()
    {
        ReadOnlySpan<byte> rest = _chunks[_position..];
        long length = rest.Length < Frame ? long.MaxValue : BinaryPrimitives.ReadUInt32BigEndian(rest);
        if (length > rest.Length - Frame)
        {
            throw new ImageException($"PNG: the file ends inside the chunk at byte {offset + _position}");
        }

        ReadOnlySpan<byte> body = rest.Slice(4, (int)length + 4);
        if (Crc(body) != BinaryPrimitives.ReadUInt32BigEndian(rest[((int)length + 8)..]))
        {
            throw new ImageException($"PNG: the chunk at byte {offset + _position} is damaged: its checksum is wrong");
        }

        Type = Encoding.Latin1.GetString(body[..4]);
        Data = body[4..];
        _position += (int)length + Frame;
        return Type != "IEND";
    }

    internal static uint Crc(ReadOnlySpan<byte> bytes)
    {
        uint crc = uint.MaxValue;
        foreach (byte b in bytes)
        {
            crc = s_crc[(byte)(crc ^ b)] ^ (crc >> 8);
        }

        return ~crc;
    }

    private static uint[] CrcTable()
    {
        uint[] table = new uint[256];
        for (uint n = 0; n < 256; n++)
        {
            uint crc = n;
            for (int bit = 0; bit < 8; bit++)
            {
                crc = (crc & 1) != 0 ? 0xEDB88320u ^ (crc >> 1) : crc >> 1;
            }

            table[n] = crc;
        }

        return table;
    }
}
