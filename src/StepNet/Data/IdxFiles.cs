using System.Buffers.Binary;
using System.IO.Compression;
using StepNet.Graph;

namespace StepNet.Data;

/// <summary>Reads image sets in MNIST's IDX files: big-endian header, then bytes; packed by gzip or not.</summary>
/// <param name="title">Name of the set in messages.</param>
/// <param name="classes">Class names.</param>
internal sealed class IdxFiles(string title, IReadOnlyList<string> classes)
{
    private const int Size = 28;

    // Ten times the official sets: keeps a wrong header from asking for all memory.
    private const int MaxItems = 700_000;

    private static readonly string[] s_names =
        ["train-images-idx3-ubyte", "train-labels-idx1-ubyte", "t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte"];

    /// <summary>Official names of the four files, as they are packed.</summary>
    internal static IReadOnlyList<string> PackedNames { get; } = [.. s_names.Select(name => $"{name}.gz")];

    internal ImageDataset LoadTrain(string folder) => Load(Find(folder, s_names[0]), Find(folder, s_names[1]));

    internal ImageDataset LoadTest(string folder) => Load(Find(folder, s_names[2]), Find(folder, s_names[3]));

    /// <summary>The files that a load of <paramref name="folder"/> reads.</summary>
    internal IReadOnlyList<string> Locate(string folder) => [.. s_names.Select(name => Find(folder, name))];

    private string Find(string folder, string name)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        string plain = Path.Combine(folder, name), packed = $"{plain}.gz";
        return File.Exists(packed) ? packed
            : File.Exists(plain) ? plain
            : throw new DataException(Directory.Exists(folder)
                ? $"{title}: folder '{folder}' holds neither {name}.gz nor {name}. Put the four official files there, packed or unpacked."
                : $"{title}: there is no folder '{folder}'. Name the folder that holds {name}.gz.");
    }

    private ImageDataset Load(string imageFile, string labelFile)
    {
        byte[] pixels = Read(imageFile, Size, Size), labels = Read(labelFile);
        if (pixels.Length != labels.Length * Size * Size)
        {
            throw new DataException($"{title}: '{imageFile}' has {pixels.Length / (Size * Size)} images, '{labelFile}' "
                + $"{labels.Length} labels; expected as many of each. Fetch both anew.");
        }

        int stray = labels.AsSpan().IndexOfAnyExceptInRange((byte)0, (byte)(classes.Count - 1));
        return stray < 0 ? new ImageDataset(pixels, labels, Shape.Of(1, Size, Size), classes) : throw new DataException(
            $"{title}: item {stray} of '{labelFile}' has label {labels[stray]}; labels lie in 0 to {classes.Count - 1}. The file is "
            + "damaged or another set: fetch it anew.");
    }

    /// <summary>The bytes behind the header of a file with items of the given sizes.</summary>
    private byte[] Read(string path, params ReadOnlySpan<int> itemDims)
    {
        try
        {
            using FileStream file = File.OpenRead(path);
            bool packed = path.EndsWith(".gz", StringComparison.OrdinalIgnoreCase);
            long length = packed ? UnpackedLength(file) : file.Length;
            using Stream stream = packed ? new GZipStream(file, CompressionMode.Decompress) : file;
            int itemBytes = Header(stream, path, itemDims, out int count);
            long size = (long)count * itemBytes, follow = length - (8 + (4 * itemDims.Length));
            if (packed && size != follow)
            {
                throw new DataException($"{title}: '{path}' is damaged or cut short: its header names {size} bytes of items, the end of the "
                    + $"gzip {follow}. Fetch it anew.");
            }

            // Before the allocation: a header of a few bytes must not ask for more than follows it.
            byte[] values = size <= follow ? new byte[size] : throw Truncated(path, size, follow, itemBytes);
            int read = stream.ReadAtLeast(values, values.Length, throwOnEndOfStream: false);
            return read < values.Length ? throw Truncated(path, size, read, itemBytes)
                : stream.ReadByte() < 0 ? values
                : throw new DataException($"{title}: '{path}' goes on behind the {count} items that its header names. Fetch it anew.");
        }
        catch (InvalidDataException e)
        {
            throw new DataException(
                $"{title}: '{path}' is damaged, cut short or no gzip ({DataErrors.OneLine(e)}). Fetch it anew.", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw DataErrors.Unreadable(title, path, e);
        }
    }

    /// <summary>What gzip's last four bytes say; the stream itself passes over an end that is cut off.</summary>
    private static long UnpackedLength(FileStream file)
    {
        const int LeastGzip = 18;
        if (file.Length < LeastGzip)
        {
            return 0;
        }

        Span<byte> last = stackalloc byte[4];
        _ = file.Seek(-last.Length, SeekOrigin.End);
        file.ReadExactly(last);
        _ = file.Seek(0, SeekOrigin.Begin);
        return BinaryPrimitives.ReadUInt32LittleEndian(last);
    }

    /// <returns>Bytes of one item.</returns>
    private int Header(Stream stream, string path, ReadOnlySpan<int> itemDims, out int count)
    {
        // Magic: two zeros, 8 for unsigned bytes, the number of sizes; then the sizes.
        Span<byte> header = stackalloc byte[8 + (4 * itemDims.Length)];
        int read = stream.ReadAtLeast(header, header.Length, throwOnEndOfStream: false);
        uint magic = 0x0801 + (uint)itemDims.Length, found = BinaryPrimitives.ReadUInt32BigEndian(header);
        if (read >= 4 && found != magic)
        {
            throw new DataException($"{title}: '{path}' begins with 0x{found:x8}, expected 0x{magic:x8}, the magic number of IDX "
                + $"{(itemDims.Length == 0 ? "labels" : "images")}. Check that it is the right file.");
        }

        if (read < header.Length)
        {
            throw new DataException(
                $"{title}: '{path}' is truncated: its header breaks off after {read} of {header.Length} bytes. Fetch it anew.");
        }

        int itemBytes = 1;
        for (int d = 0; d < itemDims.Length; d++)
        {
            uint dim = BinaryPrimitives.ReadUInt32BigEndian(header[(8 + (4 * d))..]);
            itemBytes *= dim == itemDims[d] ? itemDims[d] : throw new DataException(
                $"{title}: '{path}' names images {dim} pixels {(d == 0 ? "high" : "wide")}, expected {itemDims[d]}. Check that it is the "
                + "right file.");
        }

        uint items = BinaryPrimitives.ReadUInt32BigEndian(header[4..]);
        count = items is > 0 and <= MaxItems ? (int)items : throw new DataException(
            $"{title}: the header of '{path}' names {items} items; 1 to {MaxItems} are read. The file is damaged: fetch it anew.");
        return itemBytes;
    }

    private DataException Truncated(string path, long size, long found, int itemBytes) => new(
        $"{title}: '{path}' is truncated: its header names {size} bytes of items, but {found} follow; item {found / itemBytes} "
        + "breaks off. Fetch it anew.");
}
