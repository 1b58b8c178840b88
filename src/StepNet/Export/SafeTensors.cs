using System.Buffers.Binary;
using System.Text.Json;

namespace StepNet.Export;

/// <summary>
/// Reads and writes <c>.safetensors</c> files: 8 bytes of header length (little-endian), a JSON header, then the raw values.
/// PyTorch, JAX and most tools read them without running code from the file.
/// </summary>
public static class SafeTensors
{
    /// <summary>Writes <paramref name="tensors"/> to <paramref name="path"/>, in the order given; same input, same bytes.</summary>
    /// <param name="path">Target; replaced only once the new file is complete and on the disk.</param>
    /// <param name="tensors">Tensors of different names, none called <c>__metadata__</c>.</param>
    /// <param name="metadata">Free text by key, written sorted by key; null for none.</param>
    /// <param name="previous">Where the file that <paramref name="path"/> names goes; null to replace it.</param>
    /// <exception cref="ArgumentException">A name came twice or is reserved, or the header exceeds 100 MB.</exception>
    /// <exception cref="IOException">The file could not be written; the target is as before.</exception>
    public static void Write(
        string path,
        IEnumerable<SafeTensor> tensors,
        IReadOnlyDictionary<string, string>? metadata = null,
        string? previous = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentNullException.ThrowIfNull(tensors);
        SafeTensor[] list = [.. tensors];
        byte[] header = SafeTensorsHeader.Format(list, metadata);

        AtomicFile.Write(path, stream =>
        {
            Span<byte> length = stackalloc byte[sizeof(ulong)];
            BinaryPrimitives.WriteUInt64LittleEndian(length, (ulong)header.Length);
            stream.Write(length);
            stream.Write(header);
            foreach (SafeTensor tensor in list)
            {
                stream.Write(tensor.Data);
            }
        }, previous);
    }

    /// <summary>Reads all tensors and the metadata of the file at <paramref name="path"/>.</summary>
    /// <exception cref="SafeTensorsException">The file is damaged, or holds a type StepNet does not read.</exception>
    /// <exception cref="IOException">The file could not be opened or read.</exception>
    public static SafeTensorFile Read(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        using FileStream stream = new(path, FileMode.Open, FileAccess.Read, FileShare.Read);
        SafeTensorsHeader header = SafeTensorsHeader.Read(stream, path);
        OrderedDictionary<string, SafeTensor> tensors = new(header.Entries.Count);
        foreach (SafeTensorsHeader.Entry entry in header.Entries)
        {
            // The header is checked: the ranges lie in the file and do not overlap, so no more is allocated than it has.
            byte[] data = new byte[entry.End - entry.Begin];
            stream.Position = header.DataStart + entry.Begin;
            stream.ReadExactly(data);
            tensors.Add(entry.Name, new SafeTensor(entry.Name, entry.Type, entry.Shape, data));
        }

        return new SafeTensorFile(path, tensors, header.Metadata);
    }

    /// <summary>A name for a message: one line and not endless, whatever a file put into it.</summary>
    internal static string Quote(string name) =>
        $"'{JsonEncodedText.Encode(name.Length <= 100 ? name : string.Concat(name.AsSpan(0, char.IsHighSurrogate(name[98]) ? 98 : 99), "…"))}'";
}
