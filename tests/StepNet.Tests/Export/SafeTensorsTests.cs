using System.Buffers.Binary;
using System.Text;
using StepNet.Export;

namespace StepNet.Tests.Export;

public sealed class SafeTensorsTests : IDisposable
{
    // Two floats; the bytes of tiny.safetensors are worked out by hand in Write_TinyFile_HasTheExactBytes.
    private const string TinyHeader = """{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}""";

    private readonly string _folder;
    private readonly string _path;

    public SafeTensorsTests()
    {
        _folder = Directory.CreateTempSubdirectory("stepnet-").FullName;
        _path = Path.Combine(_folder, "model.safetensors");
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Write_TinyFile_HasTheExactBytes()
    {
        SafeTensors.Write(_path, [SafeTensor.Of("a", [2], [1f, -2f])]);

        // 54 characters of JSON; 8 + 54 = 62, so 2 spaces bring the data to byte 64. 56 = 0x38.
        // 1.0f = 0x3F800000, -2.0f = 0xC0000000.
        byte[] expected =
        [
            0x38, 0, 0, 0, 0, 0, 0, 0,
            .. Encoding.ASCII.GetBytes(TinyHeader), (byte)' ', (byte)' ',
            0x00, 0x00, 0x80, 0x3F, 0x00, 0x00, 0x00, 0xC0,
        ];
        Assert.Equal(72, expected.Length);
        Assert.Equal(expected, File.ReadAllBytes(_path));
    }

    [Fact]
    public void Read_AfterWrite_GivesEveryBitBack()
    {
        float[] singles = [0f, -0f, float.NaN, float.NegativeInfinity, float.Epsilon, 0.1f];
        double[] doubles = [0.1, double.MaxValue, double.Epsilon, -0.0];
        long[] integers = [long.MinValue, -1, long.MaxValue];

        SafeTensors.Write(_path, [
            SafeTensor.Of("z.weight", [2, 3], singles),
            SafeTensor.Of("a", [4, 1], doubles),
            SafeTensor.Of("labels é\"\n", [3], integers),
            SafeTensor.Of("step", [], [0.25f]),
            SafeTensor.Of("none", [0, 7], ReadOnlySpan<float>.Empty),
        ]);
        SafeTensorFile read = SafeTensors.Read(_path);

        Assert.Equal(["z.weight", "a", "labels é\"\n", "step", "none"], read.Tensors.Keys);
        Assert.Equal(singles.Select(BitConverter.SingleToInt32Bits), read["z.weight"].ToSingles().Select(BitConverter.SingleToInt32Bits));
        Assert.Equal([2, 3], read["z.weight"].Shape);
        Assert.Equal(doubles.Select(BitConverter.DoubleToInt64Bits), read["a"].ToDoubles().Select(BitConverter.DoubleToInt64Bits));
        Assert.Equal([.. doubles.Select(value => (float)value)], read["a"].ToSingles());
        Assert.Equal(integers, read["labels é\"\n"].ToInt64s());
        Assert.Empty(read["step"].Shape);
        Assert.Equal([0.25], read["step"].ToDoubles());
        Assert.Equal([0, 7], read["none"].Shape);
        Assert.Empty(read["none"].ToSingles());
        Assert.Empty(read.Metadata);
    }

    [Fact]
    public void Write_Metadata_ComesBackAndIsSorted()
    {
        Dictionary<string, string> metadata = new() { ["format"] = "pt", ["a \"key\""] = "line 1\nline 2 – ü", ["empty"] = "" };
        SafeTensors.Write(_path, [], metadata);
        byte[] first = File.ReadAllBytes(_path);

        SafeTensors.Write(_path, [], new Dictionary<string, string>(metadata.Reverse()));

        Assert.Equal(first, File.ReadAllBytes(_path));
        Assert.Equal(0, first.Length % 8);
        Assert.Equal(metadata, SafeTensors.Read(_path).Metadata);
    }

    [Fact]
    public void Read_HalfTypes_AreWidenedExactly()
    {
        // 1.5 is 0x3E00 as half; -2 is 0xC000 in bfloat16, the upper half of 0xC0000000.
        Put("""{"h":{"dtype":"F16","shape":[1],"data_offsets":[0,2]},"b":{"dtype":"BF16","shape":[1],"data_offsets":[2,4]}}""",
            [0x00, 0x3E, 0x00, 0xC0]);

        SafeTensorFile read = SafeTensors.Read(_path);

        Assert.Equal([1.5f], read["h"].ToSingles());
        Assert.Equal([-2.0], read["b"].ToDoubles());
    }

    [Fact]
    public void Read_TensorsInAnyOrder_FindTheirData()
    {
        Put("""{"late":{"dtype":"I64","shape":[],"data_offsets":[8,16]},"early":{"dtype":"I64","shape":[1],"data_offsets":[0,8]}}""",
            [1, 0, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0]);

        SafeTensorFile read = SafeTensors.Read(_path);

        Assert.Equal(["late", "early"], read.Tensors.Keys);
        Assert.Equal([2L], read["late"].ToInt64s());
        Assert.Equal([1L], read["early"].ToInt64s());
    }

    [Fact]
    public void Read_FileCutAnywhere_IsRefused()
    {
        SafeTensors.Write(
            _path,
            [SafeTensor.Of("a", [2], [1f, 2f]), SafeTensor.Of("b", [1], [3.0])],
            new Dictionary<string, string> { ["format"] = "pt" });
        byte[] whole = File.ReadAllBytes(_path);

        for (int length = 0; length < whole.Length; length++)
        {
            File.WriteAllBytes(_path, whole[..length]);
            AssertOneLine(Assert.Throws<SafeTensorsException>(() => SafeTensors.Read(_path)));
        }
    }

    [Fact]
    public void Read_AnyByteChanged_ReadsOrIsRefused()
    {
        SafeTensors.Write(_path, [SafeTensor.Of("a", [2], [1f, 2f])], new Dictionary<string, string> { ["k"] = "v" });
        byte[] whole = File.ReadAllBytes(_path);
        byte[] replacements = [0, (byte)'"', (byte)'\\', (byte)'9', (byte)'-', (byte)'{', 0x80, 0xFF];

        for (int i = 0; i < whole.Length; i++)
        {
            foreach (byte replacement in replacements)
            {
                byte[] damaged = [.. whole];
                damaged[i] = replacement;
                File.WriteAllBytes(_path, damaged);
                Exception? thrown = Record.Exception(() => SafeTensors.Read(_path));
                Assert.True(thrown is null or SafeTensorsException, $"byte {i} = {replacement}: {thrown}");
            }
        }
    }

    [Theory]
    // JSON
    [InlineData("", "JSON cannot be read")]
    [InlineData("{", "JSON cannot be read")]
    [InlineData("[]", "is a JSON Array")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"a":{"dtype":"F32","shape":[0],"data_offsets":[8,8]}}""",
        "unique names")]
    [InlineData("""{"\ud800":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}""", "JSON cannot be read")]
    [InlineData("""{"__metadata__":[],"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}""", "__metadata__ is a JSON Array")]
    [InlineData("""{"__metadata__":{"k":1},"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}""", "'k' is a JSON Number")]
    // Entries
    [InlineData("""{"a":7}""", "'a' lacks a valid dtype")]
    [InlineData("""{"a":{"shape":[2],"data_offsets":[0,8]}}""", "'a' lacks a valid dtype")]
    [InlineData("""{"a":{"dtype":"F8","shape":[8],"data_offsets":[0,8]}}""", "dtype 'F8', expected F32")]
    [InlineData("""{"a":{"dtype":"F32","data_offsets":[0,8]}}""", "lacks a valid shape")]
    [InlineData("""{"a":{"dtype":"F32","shape":[-2],"data_offsets":[0,8]}}""", "size of '-2'")]
    [InlineData("""{"a":{"dtype":"F32","shape":[-2,-1],"data_offsets":[0,8]}}""", "size of '-2'")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2.5],"data_offsets":[0,8]}}""", "size of '2.5'")]
    [InlineData("""{"a":{"dtype":"F32","shape":[4294967298],"data_offsets":[0,8]}}""", "size of '4294967298'")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2147483647,2147483647,2],"data_offsets":[0,8]}}""", "more than")]
    [InlineData("""{"a":{"dtype":"F32","shape":[3],"data_offsets":[0,8]}}""", "8 bytes of data, expected 12 for F32 [3]")]
    // Offsets
    [InlineData("""{"a":{"dtype":"F32","shape":[2]}}""", "lacks a valid data_offsets")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0]}}""", "data_offsets '[0]'")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[-8,0]}}""", "data_offsets '[-8,0]'")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[8,0]}}""", "data_offsets '[8,0]'")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[8,16]}}""", "within the 8 bytes of data")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,1e99]}}""", "data_offsets '[0,1e99]'")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"b":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}""",
        "'b' at data byte 4 overlaps")]
    [InlineData("""{"b":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}""", "leaves a hole")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}""", "8 bytes of data, expected the 4")]
    [InlineData("{}", "8 bytes of data, expected the 0")]
    public void Read_DamagedHeader_SaysWhatIsWrong(string header, string expected)
    {
        Put(header, new byte[8]);

        SafeTensorsException thrown = Assert.Throws<SafeTensorsException>(() => SafeTensors.Read(_path));

        Assert.Contains(expected, thrown.Message, StringComparison.Ordinal);
        Assert.Contains(_path, thrown.Message, StringComparison.Ordinal);
        AssertOneLine(thrown);
    }

    [Theory]
    [InlineData(73UL - 8)]
    [InlineData(100_000_001UL)]
    [InlineData(0x8000_0000_0000_0000UL)]
    [InlineData(ulong.MaxValue)]
    public void Read_HeaderLengthBeyondTheFile_IsRefusedBeforeAllocating(ulong length)
    {
        SafeTensors.Write(_path, [SafeTensor.Of("a", [2], [1f, -2f])]);
        byte[] bytes = File.ReadAllBytes(_path);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, length);
        File.WriteAllBytes(_path, bytes);

        SafeTensorsException thrown = Assert.Throws<SafeTensorsException>(() => SafeTensors.Read(_path));

        Assert.Contains($"the header's length at byte 0 is {length}, expected at most 64", thrown.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_HeaderAboveTheLimit_IsRefusedThoughTheFileIsLonger()
    {
        using (FileStream stream = File.Create(_path))
        {
            // Sparse: the file takes no room on the disk.
            Span<byte> prefix = stackalloc byte[8];
            BinaryPrimitives.WriteUInt64LittleEndian(prefix, 100_000_001);
            stream.Write(prefix);
            stream.SetLength(200_000_000);
        }

        SafeTensorsException thrown = Assert.Throws<SafeTensorsException>(() => SafeTensors.Read(_path));

        Assert.Contains("expected at most 100000000", thrown.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_HostileName_KeepsTheMessageShortAndOnOneLine()
    {
        Put($$"""{"\n\u001b{{new string('x', 5000)}}":7}""", new byte[8]);

        SafeTensorsException thrown = Assert.Throws<SafeTensorsException>(() => SafeTensors.Read(_path));

        AssertOneLine(thrown);
        Assert.True(thrown.Message.Length < 600, thrown.Message);
    }

    [Fact]
    public void Write_TargetCannotBeReplaced_LeavesNoScratchFile()
    {
        // A folder that is not empty stands where the file should go: the last act, the rename, fails.
        Directory.CreateDirectory(Path.Combine(_path, "inside"));

        Assert.ThrowsAny<Exception>(() => SafeTensors.Write(_path, [SafeTensor.Of("a", [1], [1f])]));

        Assert.Equal([_path], Directory.GetFileSystemEntries(_folder));
    }

    [Fact]
    public void AtomicWrite_FailingHalfWay_KeepsTheOldFileAndNoScratchFile()
    {
        File.WriteAllText(_path, "old");

        Assert.Throws<IOException>(() => AtomicFile.Write(_path, stream =>
        {
            stream.Write(new byte[100_000]);
            throw new IOException("disk full");
        }));

        Assert.Equal("old", File.ReadAllText(_path));
        Assert.Equal([_path], Directory.GetFileSystemEntries(_folder));
    }

    [Fact]
    public void Write_ExistingFile_IsReplacedAndNothingElseStays()
    {
        SafeTensors.Write(_path, [SafeTensor.Of("old", [3], [1f, 2f, 3f])]);
        SafeTensors.Write(_path, [SafeTensor.Of("new", [1], [4f])]);

        Assert.Equal(["new"], SafeTensors.Read(_path).Tensors.Keys);
        Assert.Equal([_path], Directory.GetFileSystemEntries(_folder));
    }

    [Theory]
    [InlineData("a", "a")]
    [InlineData("a", "__metadata__")]
    public void Write_NameTwiceOrReserved_IsRefusedAndWritesNothing(string first, string second)
    {
        ArgumentException thrown = Assert.Throws<ArgumentException>(
            () => SafeTensors.Write(_path, [SafeTensor.Of(first, [1], [1f]), SafeTensor.Of(second, [1], [1f])]));

        Assert.Contains($"'{second}' came twice or is reserved", thrown.Message, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFileSystemEntries(_folder));
    }

    [Fact]
    public void Of_ShapeAndValuesDiffer_SaysHowMany()
    {
        ArgumentException thrown = Assert.Throws<ArgumentException>(() => SafeTensor.Of("w", [2, 3], [1f, 2f]));

        Assert.Contains("'w': shape [2, 3] needs 6 values, 2 came", thrown.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Tensor_MissingOrOfAnotherType_IsSaid()
    {
        SafeTensors.Write(_path, [SafeTensor.Of("labels", [1], [3L]), SafeTensor.Of("w", [1], [3f])]);
        SafeTensorFile read = SafeTensors.Read(_path);

        Assert.Contains("no tensor 'bias' among its 2", Message(() => read["bias"]), StringComparison.Ordinal);
        Assert.Contains("'labels' holds I64 where", Message(() => read["labels"].ToSingles()), StringComparison.Ordinal);
        Assert.Contains("'labels' holds I64 where", Message(() => read["labels"].ToDoubles()), StringComparison.Ordinal);
        Assert.Contains("'w' holds F32 where I64", Message(() => read["w"].ToInt64s()), StringComparison.Ordinal);

        static string Message(Func<object> act) => Assert.Throws<SafeTensorsException>(act).Message;
    }

    private static void AssertOneLine(SafeTensorsException thrown) => Assert.DoesNotContain('\n', thrown.Message);

    private void Put(string header, byte[] data)
    {
        byte[] json = Encoding.UTF8.GetBytes(header), length = new byte[8];
        BinaryPrimitives.WriteUInt64LittleEndian(length, (ulong)json.Length);
        File.WriteAllBytes(_path, [.. length, .. json, .. data]);
    }
}
