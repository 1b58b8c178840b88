using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using StepNet.Nn;

namespace StepNet.Export;

/// <summary>
/// Reads and writes <c>.npy</c> files, NumPy's form of one array: a magic word, the version, a header in the words of Python, then the
/// values in rows.
/// </summary>
public static partial class NpyFile
{
    private const int HeadBytes = 10;

    private static ReadOnlySpan<byte> Magic => [0x93, (byte)'N', (byte)'U', (byte)'M', (byte)'P', (byte)'Y'];

    // NumPy itself refuses longer ones: the header is evaluated as text.
    private const int MaxHeaderBytes = 10_000;

    /// <summary>Reads an array of floating-point numbers.</summary>
    /// <param name="path">The file; <c>&lt;f4</c>, or <c>&lt;f8</c>, which is rounded to float32. Row-major.</param>
    /// <exception cref="NpyException">The file cannot be opened, is none of these, or its size is not the one that its header says.</exception>
    public static NdArray Read(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        try
        {
            using FileStream stream = new(path, FileMode.Open, FileAccess.Read, FileShare.Read);
            return Read(stream, path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new NpyException($"'{path}' cannot be read ({e.Message.ReplaceLineEndings(" ").TrimEnd('.')}). Name a .npy file.", e);
        }
    }

    /// <summary>Writes an array as <c>&lt;f4</c>, whole or not at all; the same array gives the same bytes.</summary>
    /// <exception cref="IOException">The file could not be written; the target is as before.</exception>
    public static void Write(string path, NdArray array)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentNullException.ThrowIfNull(array);
        string shape = string.Concat(array.Dims.Select(dim => string.Create(CultureInfo.InvariantCulture, $"{dim}, "))).TrimEnd();
        shape = array.Dims.Count == 1 ? shape : shape.TrimEnd(',');
        string header = $"{{'descr': '<f4', 'fortran_order': False, 'shape': ({shape}), }}";

        // As NumPy does: the values start at a multiple of 64, behind a line end.
        int length = ((HeadBytes + header.Length + 1 + 63) / 64 * 64) - HeadBytes;
        byte[] head = [.. Magic, 1, 0, (byte)length, (byte)(length >> 8), .. Encoding.ASCII.GetBytes(header.PadRight(length - 1) + '\n')];
        AtomicFile.Write(path, stream =>
        {
            stream.Write(head);
            byte[] row = new byte[sizeof(float) * 16_384];
            for (int first = 0; first < array.Values.Length; first += row.Length / sizeof(float))
            {
                ReadOnlySpan<float> values = array.Values.AsSpan(first, Math.Min(row.Length / sizeof(float), array.Values.Length - first));
                for (int i = 0; i < values.Length; i++)
                {
                    BinaryPrimitives.WriteSingleLittleEndian(row.AsSpan(i * sizeof(float)), values[i]);
                }

                stream.Write(row, 0, values.Length * sizeof(float));
            }
        });
    }

    private static NdArray Read(FileStream stream, string path)
    {
        Span<byte> head = stackalloc byte[HeadBytes];
        int read = stream.ReadAtLeast(head, HeadBytes, throwOnEndOfStream: false);
        if (!head[..Math.Min(read, 6)].SequenceEqual(Magic))
        {
            throw Damaged(path, $"the file begins with {Convert.ToHexString(head[..Math.Min(read, 6)])}", "934E554D5059, the word of NumPy's files");
        }

        int length = read < HeadBytes ? -1 : BinaryPrimitives.ReadUInt16LittleEndian(head[8..]);
        int start = HeadBytes;
        if (read == HeadBytes && head[6] is 2 or 3)
        {
            // Two bytes more of length.
            Span<byte> more = stackalloc byte[2];
            length = stream.ReadAtLeast(more, 2, throwOnEndOfStream: false) == 2 && more is [0, 0] ? length : MaxHeaderBytes + 1;
            start += 2;
        }
        else if (read == HeadBytes && head[6] != 1)
        {
            throw Damaged(path, $"version {head[6]}.{head[7]} of the form", "version 1, 2 or 3");
        }

        if (length < 0 || length > MaxHeaderBytes || length > stream.Length - start)
        {
            throw Damaged(path, length < 0 ? $"the file has {read} bytes" : $"a header of {length} bytes", $"a whole one of at most {MaxHeaderBytes} bytes");
        }

        byte[] header = new byte[length];
        stream.ReadExactly(header);
        (int size, int[] dims, long count) = Parse(Encoding.Latin1.GetString(header), path);
        long bytes = stream.Length - start - length;
        if (bytes != count * size)
        {
            throw Damaged(path, $"{bytes} bytes of values", $"{count * size} for [{string.Join(", ", dims)}]");
        }

        // The file has as many bytes as will be allocated: no header alone can ask for memory.
        float[] values = new float[count];
        byte[] part = new byte[size * 16_384];
        for (int first = 0; first < values.Length; first += 16_384)
        {
            int n = Math.Min(16_384, values.Length - first);
            stream.ReadExactly(part, 0, n * size);
            for (int i = 0; i < n; i++)
            {
                ReadOnlySpan<byte> at = part.AsSpan(i * size);
                values[first + i] = size == sizeof(float) ? BinaryPrimitives.ReadSingleLittleEndian(at) : (float)BinaryPrimitives.ReadDoubleLittleEndian(at);
            }
        }

        return new NdArray(values, dims);
    }

    private static (int Size, int[] Dims, long Count) Parse(string header, string path)
    {
        Match type = TypeKey().Match(header), order = OrderKey().Match(header), shape = ShapeKey().Match(header);
        if (!type.Success || !order.Success || !shape.Success)
        {
            throw Damaged(path, $"the header {SafeTensors.Quote(header.Trim())}", "'descr', 'fortran_order' and 'shape'");
        }

        int size = type.Groups[1].Value switch
        {
            "<f4" => sizeof(float),
            "<f8" => sizeof(double),
            string other => throw new NpyException(
                $"'{path}': values of type {SafeTensors.Quote(other)}, expected <f4, float32 (or <f8). Save it with array.astype('<f4')."),
        };
        if (order.Groups[1].Value != "False")
        {
            throw new NpyException($"'{path}': values in columns (fortran_order), expected rows. Save it with numpy.ascontiguousarray(array).");
        }

        string[] texts = shape.Groups[1].Value.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        int[] dims = new int[texts.Length];
        long count = 1;
        for (int i = 0; i < dims.Length; i++)
        {
            // Both factors stay below 2^31, so the product cannot overflow before the check.
            count = int.TryParse(texts[i], NumberStyles.None, CultureInfo.InvariantCulture, out dims[i]) ? count * dims[i] : long.MaxValue;
            if (count > Array.MaxLength / sizeof(float))
            {
                throw Damaged(path, $"the shape ({shape.Groups[1].Value})", $"sizes of at most {Array.MaxLength / sizeof(float)} values in all");
            }
        }

        return (size, dims, count);
    }

    private static NpyException Damaged(string path, string what, string expected) => new(
        $"'{path}': {what}, expected {expected}; the file is damaged or no .npy file, write it again.");

    [GeneratedRegex(@"'descr'\s*:\s*'([^']{1,20})'")]
    private static partial Regex TypeKey();

    [GeneratedRegex(@"'fortran_order'\s*:\s*(True|False)")]
    private static partial Regex OrderKey();

    [GeneratedRegex(@"'shape'\s*:\s*\(([0-9, ]*)\)")]
    private static partial Regex ShapeKey();
}
