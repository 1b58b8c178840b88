using Microsoft.Extensions.Logging;
using StepNet.Imaging;

namespace StepNet.Inference;

/// <summary>Reads the bytes of an image file, up to a limit: a stream does not say how long it is.</summary>
internal static class ImageBytes
{
    private const int FirstBytes = 64 << 10;

    public static byte[] Read(Stream stream, int limit, ILogger logger)
    {
        byte[] buffer = new byte[Start(stream, limit, logger)];
        int length = 0, read;
        while ((read = stream.Read(buffer, length, buffer.Length - length)) > 0)
        {
            buffer = Grow(buffer, length += read, limit, logger);
        }

        return buffer[..length];
    }

    public static async Task<byte[]> ReadAsync(Stream stream, int limit, ILogger logger, CancellationToken cancellation)
    {
        byte[] buffer = new byte[Start(stream, limit, logger)];
        int length = 0, read;
        while ((read = await stream.ReadAsync(buffer.AsMemory(length), cancellation).ConfigureAwait(false)) > 0)
        {
            buffer = Grow(buffer, length += read, limit, logger);
        }

        return buffer[..length];
    }

    // One more than the length, so that the end shows without a second buffer.
    private static int Start(Stream stream, int limit, ILogger logger)
    {
        long rest = stream.CanSeek ? stream.Length - stream.Position : Math.Min(FirstBytes, limit);
        return rest <= limit ? (int)Math.Max(rest, 0) + 1 : throw TooLarge(limit, logger);
    }

    private static byte[] Grow(byte[] buffer, int length, int limit, ILogger logger)
    {
        if (length > limit)
        {
            throw TooLarge(limit, logger);
        }

        if (length == buffer.Length)
        {
            Array.Resize(ref buffer, (int)Math.Min(2L * length, limit + 1L));
        }

        return buffer;
    }

    private static ImageException TooLarge(int limit, ILogger logger)
    {
        ImageException e = new($"the file has more than {limit} bytes, which is the limit set for it");
        logger.Refused(e.Message);
        return e;
    }
}
