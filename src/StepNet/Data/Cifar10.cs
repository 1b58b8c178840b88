using System.Formats.Tar;
using System.IO.Compression;
using StepNet.Graph;

namespace StepNet.Data;

/// <summary>
/// CIFAR-10 (Krizhevsky 2009) from its official binary files: 50,000 + 10,000 colour images <c>[3, 32, 32]</c>, ten classes.
/// </summary>
/// <remarks>
/// A path is the folder of the <c>.bin</c> files, a folder above it that holds <c>cifar-10-batches-bin</c>, the archive
/// <c>cifar-10-binary.tar.gz</c>, or a folder that holds the archive. Nothing is written to disk.
/// </remarks>
public static class Cifar10
{
    private const string FolderName = "cifar-10-batches-bin";
    private const string ArchiveName = "cifar-10-binary.tar.gz";
    private const int ItemBytes = 3 * 32 * 32;
    private const int RecordBytes = 1 + ItemBytes;

    // Ten times the official batch: keeps a wrong file from asking for all memory, and five of them below 2 GB.
    private const int MaxRecords = 100_000;

    private static readonly string[] s_trainFiles =
        ["data_batch_1.bin", "data_batch_2.bin", "data_batch_3.bin", "data_batch_4.bin", "data_batch_5.bin"];

    private static readonly string[] s_testFiles = ["test_batch.bin"];

    /// <summary>The ten classes, in the order of the labels.</summary>
    public static IReadOnlyList<string> Classes { get; } =
        ["airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck"];

    /// <summary>Mean of the official training set per channel, red, green, blue, for pixels in [0, 1].</summary>
    public static IReadOnlyList<float> Mean { get; } = [0.4914f, 0.4822f, 0.4465f];

    /// <summary>Standard deviation of the official training set per channel, for pixels in [0, 1].</summary>
    public static IReadOnlyList<float> Std { get; } = [0.2470f, 0.2435f, 0.2616f];

    /// <summary>The training set, batches 1 to 5 in order.</summary>
    /// <param name="path">Folder or archive, see the remarks of the class.</param>
    /// <exception cref="DataException">A file is missing, truncated, damaged or holds a label above 9.</exception>
    public static ImageDataset LoadTrain(string path) => Load(path, s_trainFiles);

    /// <summary>The test set.</summary>
    /// <inheritdoc cref="LoadTrain"/>
    public static ImageDataset LoadTest(string path) => Load(path, s_testFiles);

    private static ImageDataset Load(string path, string[] names)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        string place = Locate(path);
        try
        {
            byte[]?[] batches = Directory.Exists(place) ? ReadFolder(place, names) : ReadArchive(place, names);
            return Assemble(place, names, batches);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new DataException($"CIFAR-10: '{place}' cannot be read ({OneLine(e)}). Check the disk and the rights.", e);
        }
    }

    /// <returns>The folder with the batch files, or the archive.</returns>
    private static string Locate(string path)
    {
        if (File.Exists(path))
        {
            return path;
        }

        if (!Directory.Exists(path))
        {
            throw new DataException($"CIFAR-10: there is no folder or archive '{path}'. Name the folder that holds "
                + $"{FolderName} or {ArchiveName}.");
        }

        string inner = Path.Combine(path, FolderName), archive = Path.Combine(path, ArchiveName);
        bool direct = s_trainFiles.Concat(s_testFiles).Any(name => File.Exists(Path.Combine(path, name)));
        return direct ? path
            : Directory.Exists(inner) ? inner
            : File.Exists(archive) ? archive
            : throw new DataException($"CIFAR-10: folder '{path}' holds neither data_batch_1.bin, nor {FolderName}, nor "
                + $"{ArchiveName}. Put the official binary version there, packed or unpacked.");
    }

    private static byte[]?[] ReadFolder(string folder, string[] names)
    {
        byte[]?[] batches = new byte[]?[names.Length];
        for (int k = 0; k < names.Length; k++)
        {
            FileInfo file = new(Path.Combine(folder, names[k]));
            if (file.Exists)
            {
                CheckSize(file.FullName, file.Length);
                batches[k] = File.ReadAllBytes(file.FullName);
            }
        }

        return batches;
    }

    private static byte[]?[] ReadArchive(string archive, string[] names)
    {
        byte[]?[] batches = new byte[]?[names.Length];
        try
        {
            using FileStream file = File.OpenRead(archive);
            using GZipStream unzipped = new(file, CompressionMode.Decompress);
            using TarReader tar = new(unzipped);
            while (tar.GetNextEntry() is TarEntry entry)
            {
                int k = names.IndexOf(Path.GetFileName(entry.Name));
                if (k >= 0)
                {
                    CheckSize($"{archive}:{entry.Name}", entry.Length);
                    batches[k] = new byte[entry.Length];
                    entry.DataStream!.ReadExactly(batches[k]!);
                }
            }

            // To the very end: only there gzip checks its sum over everything read.
            unzipped.CopyTo(Stream.Null);
            return batches;
        }
        catch (Exception e) when (e is InvalidDataException or EndOfStreamException or FormatException)
        {
            throw new DataException($"CIFAR-10: archive '{archive}' is damaged or no .tar.gz ({OneLine(e)}). Fetch {ArchiveName} "
                + "anew.", e);
        }
    }

    private static void CheckSize(string place, long size)
    {
        if (size == 0)
        {
            throw new DataException($"CIFAR-10: '{place}' is empty; expected records of {RecordBytes} bytes. Fetch it anew.");
        }

        if (size % RecordBytes != 0)
        {
            throw new DataException($"CIFAR-10: '{place}' is truncated: {size} bytes are {size / RecordBytes} whole records of "
                + $"{RecordBytes} bytes, then record {size / RecordBytes} breaks off after {size % RecordBytes} bytes. "
                + "Fetch it anew.");
        }

        if (size / RecordBytes > MaxRecords)
        {
            throw new DataException($"CIFAR-10: '{place}' has {size / RecordBytes} records; a batch has 10,000 and at most "
                + $"{MaxRecords} are read. Check that it is a file of CIFAR-10.");
        }
    }

    private static ImageDataset Assemble(string place, string[] names, byte[]?[] batches)
    {
        string[] missing = [.. names.Where((_, k) => batches[k] is null)];
        if (missing.Length > 0)
        {
            throw new DataException($"CIFAR-10: {string.Join(", ", missing)} missing in '{place}'; this set needs "
                + $"{string.Join(", ", names)}. Unpack or fetch {ArchiveName} anew.");
        }

        int count = batches.Sum(batch => batch!.Length / RecordBytes), item = 0;
        byte[] pixels = new byte[count * ItemBytes], labels = new byte[count];
        for (int k = 0; k < names.Length; k++)
        {
            ReadOnlySpan<byte> batch = batches[k];
            batches[k] = null; // free for the collector: the training set would be held twice otherwise
            for (int record = 0; record < batch.Length / RecordBytes; record++, item++)
            {
                ReadOnlySpan<byte> bytes = batch.Slice(record * RecordBytes, RecordBytes);
                labels[item] = bytes[0] < Classes.Count ? bytes[0] : throw new DataException(
                    $"CIFAR-10: record {record} of {names[k]} in '{place}' has label {bytes[0]}; labels lie in 0 to 9. The file "
                    + "is damaged or another set: fetch it anew.");
                bytes[1..].CopyTo(pixels.AsSpan(item * ItemBytes));
            }
        }

        return new ImageDataset(pixels, labels, Shape.Of(3, 32, 32), Classes);
    }

    private static string OneLine(Exception e) => e.Message.ReplaceLineEndings(" ").TrimEnd('.');
}
