using System.Buffers.Binary;

namespace StepNet.Imaging.Jpeg;

/// <summary>What a start-of-frame segment says.</summary>
internal sealed class JpegFrame
{
    private JpegFrame(int width, int height, bool progressive, JpegComponent[] components)
    {
        (Width, Height, Progressive, Components) = (width, height, progressive, components);
        MaxH = components.Max(component => component.H);
        MaxV = components.Max(component => component.V);
        UnitsAcross = (width + (8 * MaxH) - 1) / (8 * MaxH);
        UnitsDown = (height + (8 * MaxV) - 1) / (8 * MaxV);
    }

    internal int Width { get; }

    internal int Height { get; }

    internal bool Progressive { get; }

    internal JpegComponent[] Components { get; }

    internal int MaxH { get; }

    internal int MaxV { get; }

    /// <summary>Minimum coded units in a row.</summary>
    internal int UnitsAcross { get; }

    internal int UnitsDown { get; }

    /// <param name="data">The segment's body.</param>
    /// <param name="progressive">Whether the marker was SOF2.</param>
    /// <param name="fileBytes">Length of the file: a header cannot ask for more blocks than the file has bits.</param>
    /// <param name="maxPixels">Most pixels.</param>
    internal static JpegFrame Read(ReadOnlySpan<byte> data, bool progressive, int fileBytes, long maxPixels)
    {
        if (data.Length < 6 || data.Length != 6 + (3 * data[5]))
        {
            throw new ImageException($"JPEG: the frame header has {data.Length} bytes, which do not fit its number of components");
        }

        int height = BinaryPrimitives.ReadUInt16BigEndian(data[1..]), width = BinaryPrimitives.ReadUInt16BigEndian(data[3..]);
        ImageDecoders.CheckSize("JPEG", width, height, maxPixels);
        if (data[0] != 8 || data[5] is not (1 or 3 or 4))
        {
            throw new ImageException($"JPEG: {data[5]} components of {data[0]} bits; pictures of 1, 3 or 4 components of 8 bits are read");
        }

        JpegComponent[] components = new JpegComponent[data[5]];
        for (int k = 0; k < components.Length; k++)
        {
            ReadOnlySpan<byte> entry = data.Slice(6 + (3 * k), 3);
            int h = entry[1] >> 4, v = entry[1] & 15;
            if (h is < 1 or > 4 || v is < 1 or > 4 || entry[2] > 3)
            {
                throw new ImageException($"JPEG: component {k} has sampling {h} x {v} and quantisation table {entry[2]}; expected 1 to 4 and 0 to 3");
            }

            // A single component is coded block by block, whatever its factors.
            components[k] = components.Length == 1 ? new JpegComponent(entry[0], 1, 1, entry[2]) : new JpegComponent(entry[0], h, v, entry[2]);
        }

        JpegFrame frame = new(width, height, progressive, components);
        long blocks = components.Sum(component => (long)frame.UnitsAcross * frame.UnitsDown * component.H * component.V);
        if (blocks > 8L * fileBytes || JpegComponent.BlockSize * blocks > Array.MaxLength)
        {
            throw new ImageException($"JPEG: {fileBytes} bytes cannot hold {width} x {height} pixels: the file is cut off or damaged");
        }

        foreach (JpegComponent component in components)
        {
            component.Allocate(frame);
        }

        return frame;
    }
}
