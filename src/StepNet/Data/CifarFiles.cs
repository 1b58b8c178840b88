using System.Formats.Tar;
using System.IO.Compression;
using StepNet.Graph;

namespace StepNet.Data;

/// <summary>Reads the binary files of the CIFAR sets: records of labels and one image <c>[3, 32, 32]</c>.</summary>
/// <param name="title">Name of the set in messages.</param>
/// <param name="folderName">Folder inside the archive.</param>
/// <param name="archiveName">The official archive.</param>
/// <param name="labelBytes">Labels before each image; the last one counts.</param>
/// <param name="trainNames">Files of the training set, in order.</param>
/// <param name="testNames">Files of the test set.</param>
/// <param name="classes">Class names.</param>
internal sealed class CifarFiles(
    string title, string folderName, string archiveName, int labelBytes, string[] trainNames, string[] testNames,
    IReadOnlyList<string> classes)
{
    private const int ItemBytes = 3 * 32 * 32;

    // Twice the largest official file: keeps a wrong one from asking for all memory, and five of them below 2 GB.
    private const int MaxRecords = 100_000;

    private readonly int _recordBytes = labelBytes + ItemBytes;

    internal ImageDataset LoadTrain(string path) => Assemble(path, trainNames, Read(path, trainNames));

    internal ImageDataset LoadTest(string path) => Assemble(path, testNames, Read(path, testNames));

    /// <summary>Both sets in one pass over the archive.</summary>
    internal (IDataset Train, IDataset Test) Load(string path)
    {
        byte[]?[] files = Read(path, [.. trainNames, .. testNames]);
        int test = trainNames.Length;
        return (Assemble(path, trainNames, files.AsSpan(0, test)), Assemble(path, testNames, files.AsSpan(test)));
    }

    /// <summary>The files that a load of <paramref name="path"/> reads.</summary>
    internal IReadOnlyList<string> Locate(string path)
    {
        string place = Place(path);
        return File.Exists(place) ? [place] : [.. trainNames.Concat(testNames).Select(name => Path.Combine(place, name))];
    }

    private byte[]?[] Read(string path, string[] names)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        string place = Place(path);
        try
        {
            byte[]?[] files = Directory.Exists(place) ? ReadFolder(place, names) : ReadArchive(place, names);
            string[] missing = [.. names.Where((_, k) => files[k] is null)];
            return missing.Length == 0 ? files : throw new DataException(
                $"{title}: {string.Join(", ", missing)} missing in '{place}'; this set needs {string.Join(", ", names)}. Unpack or "
                + $"fetch {archiveName} anew.");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw DataErrors.Unreadable(title, place, e);
        }
    }

    /// <returns>The folder with the batch files, or the archive.</returns>
    private string Place(string path)
    {
        if (File.Exists(path))
        {
            return path;
        }

        if (!Directory.Exists(path))
        {
            throw new DataException($"{title}: there is no folder or archive '{path}'. Name the folder that holds "
                + $"{folderName} or {archiveName}.");
        }

        string inner = Path.Combine(path, folderName), archive = Path.Combine(path, archiveName);
        bool direct = trainNames.Concat(testNames).Any(name => File.Exists(Path.Combine(path, name)));
        return direct ? path
            : Directory.Exists(inner) ? inner
            : File.Exists(archive) ? archive
            : throw new DataException($"{title}: folder '{path}' holds neither {trainNames[0]}, nor {folderName}, nor "
                + $"{archiveName}. Put the official binary version there, packed or unpacked.");
    }

    private byte[]?[] ReadFolder(string folder, string[] names)
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

    private byte[]?[] ReadArchive(string archive, string[] names)
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
            throw new DataException($"{title}: archive '{archive}' is damaged or no .tar.gz ({DataErrors.OneLine(e)}). Fetch {archiveName} "
                + "anew.", e);
        }
    }

    private void CheckSize(string place, long size)
    {
        if (size == 0)
        {
            throw new DataException($"{title}: '{place}' is empty; expected records of {_recordBytes} bytes. Fetch it anew.");
        }

        if (size % _recordBytes != 0)
        {
            throw new DataException($"{title}: '{place}' is truncated: {size} bytes are {size / _recordBytes} whole records of "
                + $"{_recordBytes} bytes, then record {size / _recordBytes} breaks off after {size % _recordBytes} bytes. "
                + "Fetch it anew.");
        }

        if (size / _recordBytes > MaxRecords)
        {
            throw new DataException($"{title}: '{place}' has {size / _recordBytes} records; at most "
                + $"{MaxRecords} of a file are read. Check that it is a file of {title}.");
        }
    }

    private ImageDataset Assemble(string path, string[] names, Span<byte[]?> files)
    {
        int count = 0, item = 0;
        foreach (byte[]? file in files)
        {
            count += file!.Length / _recordBytes;
        }

        byte[] pixels = new byte[count * ItemBytes], labels = new byte[count];
        for (int k = 0; k < names.Length; k++)
        {
            ReadOnlySpan<byte> file = files[k];
            files[k] = null; // free for the collector: the training set would be held twice otherwise
            for (int record = 0; record < file.Length / _recordBytes; record++, item++)
            {
                ReadOnlySpan<byte> bytes = file.Slice(record * _recordBytes, _recordBytes);
                byte label = bytes[labelBytes - 1];
                labels[item] = label < classes.Count ? label : throw new DataException(
                    $"{title}: record {record} of {names[k]} in '{path}' has label {label}; labels lie in 0 to {classes.Count - 1}. "
                    + "The file is damaged or another set: fetch it anew.");
                bytes[labelBytes..].CopyTo(pixels.AsSpan(item * ItemBytes));
            }
        }

        return new ImageDataset(pixels, labels, Shape.Of(3, 32, 32), classes);
    }
}
