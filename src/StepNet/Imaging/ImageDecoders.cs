using StepNet.Imaging.Jpeg;

namespace StepNet.Imaging;

/// <summary>Reads pictures of any known format, told by their first bytes and never by their names.</summary>
public static class ImageDecoders
{
    /// <summary>Most pixels of a picture unless the caller says otherwise: 25 million, a photograph of 6,000 x 4,000.</summary>
    public const long DefaultMaxPixels = 25_000_000;

    /// <summary>Most pixels where pictures are the user's own files rather than anybody's: 100 million, more than cameras take.</summary>
    public const long PhotographMaxPixels = 100_000_000;

    private const int HeadBytes = 16;

    private static IImageDecoder[] s_decoders = [new JpegDecoder(), new PngDecoder(), new BmpDecoder()];

    /// <summary>Names of the formats that are read, the latest registered first.</summary>
    public static IReadOnlyList<string> Formats => [.. s_decoders.Select(decoder => decoder.Format)];

    /// <summary>Adds a decoder, which is asked before those known so far.</summary>
    public static void Register(IImageDecoder decoder)
    {
        ArgumentNullException.ThrowIfNull(decoder);
        IImageDecoder[] known, longer;
        do
        {
            known = s_decoders;
            longer = [decoder, .. known];
        }
        while (Interlocked.CompareExchange(ref s_decoders, longer, known) != known);
    }

    /// <summary>Decodes a picture in memory.</summary>
    /// <param name="file">All bytes of the file.</param>
    /// <param name="maxPixels">Most pixels that it may have, at least 1.</param>
    /// <exception cref="ImageException">No decoder knows the format, or the file is damaged, cut off or too large.</exception>
    public static RgbImage Decode(ReadOnlySpan<byte> file, long maxPixels = DefaultMaxPixels)
    {
        ReadOnlySpan<byte> head = file[..Math.Min(file.Length, HeadBytes)];
        foreach (IImageDecoder decoder in s_decoders)
        {
            if (decoder.Recognizes(head))
            {
                return decoder.Decode(file, maxPixels);
            }
        }

        throw new ImageException(file.IsEmpty
            ? "the file is empty"
            : $"the file begins with {Convert.ToHexString(head[..Math.Min(head.Length, 4)])}, which is none of {string.Join(", ", Formats)}");
    }

    /// <summary>Reads a picture from disk.</summary>
    /// <param name="path">Of the file.</param>
    /// <param name="maxPixels">Most pixels that it may have, at least 1.</param>
    /// <exception cref="ImageException">The file cannot be opened, is of no known format, damaged, cut off or too large; the message names it.</exception>
    public static RgbImage Load(string path, long maxPixels = DefaultMaxPixels)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        try
        {
            return Decode(File.ReadAllBytes(path), maxPixels);
        }
        catch (Exception e) when (e is ImageException or IOException or UnauthorizedAccessException)
        {
            throw new ImageException($"Image '{path}': {e.Message.ReplaceLineEndings(" ").TrimEnd('.')}.", e);
        }
    }

    /// <summary>Refuses a size that no picture has or that is above the limit.</summary>
    internal static void CheckSize(string format, long width, long height, long maxPixels)
    {
        if (width <= 0 || height <= 0)
        {
            throw new ImageException($"{format}: the header says {width} x {height} pixels; both must be at least 1");
        }

        // Whatever the caller allows, a picture is one array.
        maxPixels = Math.Min(maxPixels, Array.MaxLength / 3);
        if (width > maxPixels || height > maxPixels || width * height > maxPixels)
        {
            throw new ImageException($"{format}: the header says {width} x {height} pixels; at most {maxPixels} are read");
        }
    }
}
