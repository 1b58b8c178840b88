using System.Buffers;
using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace StepNet.Export;

/// <summary>The JSON header of a <c>.safetensors</c> file; nothing in it is believed before it is checked.</summary>
internal sealed class SafeTensorsHeader
{
    // The limit of the format's reference implementation: longer headers are refused there too.
    private const int MaxLength = 100_000_000;
    private const string MetadataKey = "__metadata__";

    private readonly string _path;
    private readonly long _dataLength;

    private SafeTensorsHeader(string path, long dataStart, long dataLength)
    {
        _path = path;
        DataStart = dataStart;
        _dataLength = dataLength;
    }

    /// <summary>A tensor's place: bytes [Begin, End) of the data, which is Shape times the size of Type.</summary>
    internal readonly record struct Entry(string Name, SafeTensorType Type, ImmutableArray<int> Shape, long Begin, long End);

    /// <summary>Where the data start in the file.</summary>
    internal long DataStart { get; }

    /// <summary>The tensors in the order of the header.</summary>
    internal List<Entry> Entries { get; } = [];

    internal Dictionary<string, string> Metadata { get; } = [];

    /// <summary>The header's bytes, padded with spaces so that the data start at a multiple of 8.</summary>
    internal static byte[] Format(ReadOnlySpan<SafeTensor> tensors, IReadOnlyDictionary<string, string>? metadata)
    {
        ArrayBufferWriter<byte> buffer = new();
        // The header is no HTML: names stay readable in a hex dump.
        JsonWriterOptions options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
        using (Utf8JsonWriter json = new(buffer, options))
        {
            json.WriteStartObject();
            if (metadata is { Count: > 0 })
            {
                json.WriteStartObject(MetadataKey);
                // Sorted: dictionaries promise no order, and equal input is to give equal bytes.
                foreach ((string key, string value) in metadata.OrderBy(pair => pair.Key, StringComparer.Ordinal))
                {
                    json.WriteString(key, value);
                }

                json.WriteEndObject();
            }

            WriteTensors(json, tensors);
            json.WriteEndObject();
        }

        int padding = -(sizeof(ulong) + buffer.WrittenCount) & 7;
        buffer.GetSpan(padding)[..padding].Fill((byte)' ');
        buffer.Advance(padding);
        return buffer.WrittenCount <= MaxLength ? buffer.WrittenSpan.ToArray() : throw new ArgumentException(
            $"The header takes {buffer.WrittenCount} bytes, above the format's limit of {MaxLength}; shorten the metadata.",
            nameof(metadata));
    }

    /// <summary>Reads and checks the header; the stream must be at its start.</summary>
    internal static SafeTensorsHeader Read(Stream stream, string path)
    {
        long fileLength = stream.Length;
        if (fileLength < sizeof(ulong))
        {
            throw Damaged(path, $"the file has {fileLength} bytes", "at least the 8 bytes of the header's length");
        }

        Span<byte> prefix = stackalloc byte[sizeof(ulong)];
        stream.ReadExactly(prefix);
        ulong length = BinaryPrimitives.ReadUInt64LittleEndian(prefix);
        ulong limit = (ulong)Math.Min(MaxLength, fileLength - sizeof(ulong));
        if (length > limit)
        {
            throw Damaged(path, $"the header's length at byte 0 is {length}", $"at most {limit}");
        }

        byte[] bytes = new byte[(int)length];
        stream.ReadExactly(bytes);
        SafeTensorsHeader header = new(path, sizeof(ulong) + bytes.Length, fileLength - sizeof(ulong) - bytes.Length);
        header.Parse(bytes);
        header.CheckCoverage();
        return header;
    }

    private static void WriteTensors(Utf8JsonWriter json, ReadOnlySpan<SafeTensor> tensors)
    {
        HashSet<string> names = [MetadataKey];
        long offset = 0;
        foreach (SafeTensor tensor in tensors)
        {
            if (!names.Add(tensor.Name))
            {
                throw new ArgumentException(
                    $"The tensor name {SafeTensors.Quote(tensor.Name)} came twice or is reserved; give every tensor its own name.",
                    nameof(tensors));
            }

            json.WriteStartObject(tensor.Name);
            json.WriteString("dtype", tensor.Type.ToString());
            json.WriteStartArray("shape");
            foreach (int dim in tensor.Shape)
            {
                json.WriteNumberValue(dim);
            }

            json.WriteEndArray();
            json.WriteStartArray("data_offsets");
            json.WriteNumberValue(offset);
            offset += tensor.Data.Length;
            json.WriteNumberValue(offset);
            json.WriteEndArray();
            json.WriteEndObject();
        }
    }

    private void Parse(byte[] bytes)
    {
        try
        {
            using JsonDocument json = JsonDocument.Parse(bytes, new() { AllowDuplicateProperties = false });
            if (json.RootElement.ValueKind != JsonValueKind.Object)
            {
                throw Damaged(_path, $"the header is a JSON {json.RootElement.ValueKind}", "a JSON object");
            }

            foreach (JsonProperty property in json.RootElement.EnumerateObject())
            {
                if (property.NameEquals(MetadataKey))
                {
                    ParseMetadata(property.Value);
                }
                else
                {
                    Entries.Add(ParseEntry(property.Name, property.Value));
                }
            }
        }
        // InvalidOperationException: text that is no UTF-8 or half of a surrogate pair shows only when it is read.
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            string reason = string.Join(' ', e.Message.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
            throw Damaged(_path, $"the header's JSON cannot be read ({reason})", "one valid JSON object with unique names", e);
        }
    }

    private void ParseMetadata(JsonElement element)
    {
        if (element.ValueKind != JsonValueKind.Object)
        {
            throw Damaged(_path, $"{MetadataKey} is a JSON {element.ValueKind}", "an object of texts");
        }

        foreach (JsonProperty property in element.EnumerateObject())
        {
            Metadata.Add(property.Name, property.Value.ValueKind == JsonValueKind.String
                ? property.Value.GetString()!
                : throw Damaged(
                    _path, $"{MetadataKey} {SafeTensors.Quote(property.Name)} is a JSON {property.Value.ValueKind}", "a text"));
        }
    }

    private Entry ParseEntry(string name, JsonElement element)
    {
        string where = $"tensor {SafeTensors.Quote(name)}";
        JsonElement dtype = Member(element, "dtype", JsonValueKind.String, where);
        SafeTensorType type = dtype.GetString() switch
        {
            "F32" => SafeTensorType.F32,
            "F64" => SafeTensorType.F64,
            "I64" => SafeTensorType.I64,
            "F16" => SafeTensorType.F16,
            "BF16" => SafeTensorType.BF16,
            string other => throw new SafeTensorsException(
                $"'{_path}': {where} has dtype {SafeTensors.Quote(other)}, expected F32, F64, I64, F16 or BF16; convert it first."),
            null => throw Damaged(_path, $"{where} has no dtype", "F32, F64, I64, F16 or BF16"),
        };

        ImmutableArray<int>.Builder shape = ImmutableArray.CreateBuilder<int>();
        long size = SafeTensor.SizeOf(type);
        foreach (JsonElement item in Member(element, "shape", JsonValueKind.Array, where).EnumerateArray())
        {
            int dim = item.ValueKind == JsonValueKind.Number && item.TryGetInt32(out int value) && value >= 0
                ? value
                : throw Damaged(_path, $"{where} has a size of {Excerpt(item)}", $"integers from 0 to {int.MaxValue}");
            shape.Add(dim);
            // Both factors stay below 2^31, so the product cannot overflow before the check.
            size *= dim;
            if (size > Array.MaxLength)
            {
                throw Damaged(_path, $"{where} takes more than {Array.MaxLength} bytes", "smaller tensors");
            }
        }

        JsonElement offsets = Member(element, "data_offsets", JsonValueKind.Array, where);
        if (offsets.GetArrayLength() != 2 || !TryOffset(offsets[0], out long begin) || !TryOffset(offsets[1], out long end)
            || begin > end || end > _dataLength)
        {
            throw Damaged(
                _path, $"{where} has data_offsets {Excerpt(offsets)}", $"[begin, end] within the {_dataLength} bytes of data");
        }

        return end - begin == size ? new Entry(name, type, shape.ToImmutable(), begin, end) : throw Damaged(
            _path, $"{where} has {end - begin} bytes of data", $"{size} for {type} [{string.Join(", ", shape)}]");
    }

    private JsonElement Member(JsonElement entry, string key, JsonValueKind kind, string where) =>
        entry.ValueKind == JsonValueKind.Object && entry.TryGetProperty(key, out JsonElement value) && value.ValueKind == kind
            ? value
            : throw Damaged(_path, $"{where} lacks a valid {key}", $"a JSON {kind}");

    private static bool TryOffset(JsonElement item, out long offset)
    {
        offset = -1;
        return item.ValueKind == JsonValueKind.Number && item.TryGetInt64(out offset) && offset >= 0;
    }

    /// <summary>The ranges must tile the data: no overlap, no hole, nothing behind the last (the format forbids all three).</summary>
    private void CheckCoverage()
    {
        long covered = 0;
        foreach (Entry entry in Entries.OrderBy(entry => entry.Begin).ThenBy(entry => entry.End))
        {
            if (entry.Begin != covered)
            {
                string fault = entry.Begin < covered ? "overlaps the tensor before it" : "leaves a hole before it";
                throw Damaged(_path, $"tensor {SafeTensors.Quote(entry.Name)} at data byte {entry.Begin} {fault}", $"byte {covered}");
            }

            covered = entry.End;
        }

        if (covered != _dataLength)
        {
            throw Damaged(_path, $"the file has {_dataLength} bytes of data", $"the {covered} its header describes");
        }
    }

    private static string Excerpt(JsonElement element) => SafeTensors.Quote(element.GetRawText());

    private static SafeTensorsException Damaged(string path, string what, string expected, Exception? cause = null) => new(
        $"'{path}': {what}, expected {expected}; the file is damaged or no safetensors file, write or download it again.", cause);
}
