namespace StepNet.Imaging;

/// <summary>Reads one file format. <see cref="ImageDecoders.Register"/> makes a decoder of one's own known, a wrapped library for instance.</summary>
public interface IImageDecoder
{
    /// <summary>Name of the format: <c>PNG</c>.</summary>
    string Format { get; }

    /// <summary>Whether a file that begins like this is of the format.</summary>
    /// <param name="head">The first bytes of the file, fewer than 16 only where the file is shorter.</param>
    bool Recognizes(ReadOnlySpan<byte> head);

    /// <summary>Decodes a whole file. Any number of threads may call at once.</summary>
    /// <param name="file">All its bytes.</param>
    /// <param name="maxPixels">Most pixels that the picture may have, so that a header alone cannot ask for all memory.</param>
    /// <returns>The picture, upright, alpha left out.</returns>
    /// <exception cref="ImageException">The file is damaged, cut off or too large.</exception>
    RgbImage Decode(ReadOnlySpan<byte> file, long maxPixels);
}
