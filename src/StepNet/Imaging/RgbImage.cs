namespace StepNet.Imaging;

/// <summary>A decoded picture: eight bits each of red, green and blue, row by row from the top left.</summary>
public sealed class RgbImage
{
    /// <summary>A picture of the given pixels.</summary>
    /// <param name="width">Pixels in a row, at least 1.</param>
    /// <param name="height">Rows, at least 1.</param>
    /// <param name="pixels"><c>[height, width, 3]</c>; kept, not copied.</param>
    /// <exception cref="ArgumentException">The number of bytes does not fit the size.</exception>
    public RgbImage(int width, int height, byte[] pixels)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(width);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(height);
        ArgumentNullException.ThrowIfNull(pixels);
        if (pixels.LongLength != 3L * width * height)
        {
            throw new ArgumentException($"A picture of {width} x {height} pixels has {3L * width * height} bytes, not {pixels.Length}.", nameof(pixels));
        }

        (Width, Height, Pixels) = (width, height, pixels);
    }

    /// <summary>A black picture.</summary>
    internal RgbImage(int width, int height)
        : this(width, height, new byte[3 * width * height])
    {
    }

    /// <summary>Pixels in a row.</summary>
    public int Width { get; }

    /// <summary>Rows.</summary>
    public int Height { get; }

    /// <summary><c>[Height, Width, 3]</c>: red, green, blue.</summary>
#pragma warning disable CA1819 // The picture is its bytes; a copy at every look would double its cost.
    public byte[] Pixels { get; }
#pragma warning restore CA1819

    /// <summary>One row, <c>[Width, 3]</c>.</summary>
    /// <param name="y">In [0, <see cref="Height"/>).</param>
    public Span<byte> Row(int y) => Pixels.AsSpan(3 * Width * y, 3 * Width);
}
