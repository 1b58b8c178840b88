using System.Text;
using StepNet.Export;
using StepNet.Nn;

namespace StepNet.Tests.Export;

public sealed class NpyFileTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("stepnet-").FullName;

    private string Path => System.IO.Path.Combine(_folder, "items.npy");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Write_TwoByTwo_HasTheBytesOfNumPy()
    {
        NpyFile.Write(Path, new NdArray([1f, -2f, 0.5f, float.NaN], 2, 2));

        // numpy.save of the same array, 1.24: the header is filled up with spaces to 128 bytes.
        string header = "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 2), }";
        byte[] expected =
        [
            0x93, .. "NUMPY"u8, 1, 0, 118, 0, .. Encoding.ASCII.GetBytes(header.PadRight(117) + "\n"),
            0, 0, 0x80, 0x3F, 0, 0, 0, 0xC0, 0, 0, 0, 0x3F, 0, 0, 0xC0, 0xFF,
        ];
        Assert.Equal(expected, File.ReadAllBytes(Path));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(3, 0, 2)]
    [InlineData(2, 3, 5, 7)]
    [InlineData(20_000, 3)]
    public void Read_AfterWrite_GivesEveryBitBack(params int[] dims)
    {
        float[] values = [.. Compute.Uniform(dims.Aggregate(1, (product, dim) => product * dim), 1).Select(value => (float)value)];
        NpyFile.Write(Path, new NdArray(values, dims));

        NdArray read = NpyFile.Read(Path);

        Assert.Equal(dims, read.Dims);
        Assert.Equal(values, read.Values);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Read_DoublesInEachVersion_AreRounded(byte version)
    {
        byte[] header = Encoding.ASCII.GetBytes("{'shape': (2,), 'fortran_order': False, 'descr': '<f8'}\n");
        byte[] length = version == 1 ? [(byte)header.Length, 0] : [(byte)header.Length, 0, 0, 0];
        File.WriteAllBytes(Path, [0x93, .. "NUMPY"u8, version, 0, .. length, .. header, .. BitConverter.GetBytes(0.1), .. BitConverter.GetBytes(-3.0)]);

        Assert.Equal([0.1f, -3f], NpyFile.Read(Path).Values);
    }

    [Fact]
    public void Read_FileCutAnywhere_IsRefused()
    {
        NpyFile.Write(Path, new NdArray([1f, 2f, 3f], 3));
        byte[] file = File.ReadAllBytes(Path);
        for (int length = 0; length < file.Length; length++)
        {
            File.WriteAllBytes(Path, file[..length]);
            AssertOneLine(Assert.Throws<NpyException>(() => NpyFile.Read(Path)));
        }
    }

    [Fact]
    public void Read_AnyByteChanged_ReadsOrIsRefused()
    {
        NpyFile.Write(Path, new NdArray([1f, 2f, 3f], 3));
        byte[] file = File.ReadAllBytes(Path);
        for (int i = 0; i < file.Length; i++)
        {
            foreach (byte flip in (byte[])[0xFF, 0x01, 0x80, 0x10])
            {
                file[i] ^= flip;
                File.WriteAllBytes(Path, file);
                if (Record.Exception(() => NpyFile.Read(Path)) is Exception e)
                {
                    AssertOneLine(Assert.IsType<NpyException>(e));
                }

                file[i] ^= flip;
            }
        }
    }

    [Theory]
    [InlineData("{'descr': '<f4', 'fortran_order': False, 'shape': (4294967296, 4294967296), }", "the shape (4294967296, 4294967296)")]
    [InlineData("{'descr': '<f4', 'fortran_order': False, 'shape': (2147483647, 2147483647, 2147483647), }", "the shape (2147483647")]
    [InlineData("{'descr': '<f4', 'fortran_order': False, 'shape': (100000000,), }", "8 bytes of values, expected 400000000")]
    [InlineData("{'descr': '<f4', 'fortran_order': True, 'shape': (2,), }", "numpy.ascontiguousarray(array)")]
    [InlineData("{'descr': '|u1', 'fortran_order': False, 'shape': (8,), }", "values of type '|u1', expected <f4")]
    [InlineData("{'descr': '<f4', 'shape': (2,), }", "expected 'descr', 'fortran_order' and 'shape'")]
    public void Read_WrongHeader_SaysWhatIsWrongBeforeMemoryIsTaken(string header, string expected)
    {
        File.WriteAllBytes(Path, [0x93, .. "NUMPY"u8, 1, 0, (byte)header.Length, 0, .. Encoding.ASCII.GetBytes(header), 0, 0, 0, 0, 0, 0, 0, 0]);

        long before = GC.GetAllocatedBytesForCurrentThread();
        NpyException e = Assert.Throws<NpyException>(() => NpyFile.Read(Path));

        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1 << 20);
        Assert.Contains(expected, e.Message, StringComparison.Ordinal);
        AssertOneLine(e);
    }

    [Fact]
    public void Read_AnotherFileOrNone_IsNamed()
    {
        File.WriteAllText(Path, "not an array at all");
        Assert.Contains("the file begins with 6E6F7420616E", Assert.Throws<NpyException>(() => NpyFile.Read(Path)).Message, StringComparison.Ordinal);
        Assert.Contains("Name a .npy file", Assert.Throws<NpyException>(() => NpyFile.Read(Path + "x")).Message, StringComparison.Ordinal);
    }

    private static void AssertOneLine(NpyException e) => Assert.DoesNotContain('\n', e.Message);
}
