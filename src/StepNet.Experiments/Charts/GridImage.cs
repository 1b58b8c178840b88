using System.Buffers.Binary;

namespace StepNet.Experiments.Charts;

/// <summary>A picture of an <see cref="ImageGrid"/>.</summary>
/// <param name="Png">A PNG file.</param>
/// <param name="Caption">Below it; may be empty.</param>
public sealed record GridImage(ReadOnlyMemory<byte> Png, string Caption)
{
    /// <summary>Width and height of the picture, pixels.</summary>
    /// <exception cref="ArgumentException">The bytes are no PNG file.</exception>
    internal (int Width, int Height) Size()
    {
        // PNG, third edition, 5.2 and 11.2.1: eight bytes of signature, then the header with width and height.
        ReadOnlySpan<byte> bytes = Png.Span;
        return bytes.Length >= 24 && bytes.StartsWith(Signature)
            ? (BinaryPrimitives.ReadInt32BigEndian(bytes[16..]), BinaryPrimitives.ReadInt32BigEndian(bytes[20..]))
            : throw new ArgumentException($"The picture '{Caption}' is no PNG file.");
    }

    private static ReadOnlySpan<byte> Signature => [0x89, (byte)'P', (byte)'N', (byte)'G', (byte)'\r', (byte)'\n', 0x1A, (byte)'\n'];
}
