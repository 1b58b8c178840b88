using System.Buffers.Binary;
using System.IO.Compression;
using StepNet.Data;
using StepNet.Graph;

namespace StepNet.Tests.Data;

public sealed class IdxFilesTests : IDisposable
{
    private const string Images = "train-images-idx3-ubyte", Labels = "train-labels-idx1-ubyte";

    private readonly string _folder = Directory.CreateTempSubdirectory("stepnet-test-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void LoadTrain_PackedOrNot_HasPixelsAndLabels(bool packed)
    {
        WriteAll(packed);

        ImageDataset train = Mnist.LoadTrain(_folder);

        float[] item = new float[784];
        Assert.Equal((3, Shape.Of(1, 28, 28)), (train.Count, train.ItemShape));
        Assert.Equal([7, 0, 9], [train.Read(0, item), train.Read(1, item), train.Read(2, item)]);
        Assert.Equal((1568 % 251 / 255f, 2351 % 251 / 255f), (item[0], item[783]));
    }

    [Fact]
    public void Load_FashionMnist_HasItsOwnClasses()
    {
        WriteAll(packed: true);

        Assert.Equal("sneaker", FashionMnist.LoadTrain(_folder).Classes[7]);
    }

    [Fact]
    public void LoadTest_FilesMissing_NamesTheOneLookedFor()
    {
        WriteAll(packed: true);

        AssertFails(() => Mnist.LoadTest(_folder), "holds neither t10k-images-idx3-ubyte.gz nor t10k-images-idx3-ubyte");
        AssertFails(() => Mnist.LoadTest(Path.Combine(_folder, "absent")), "there is no folder");
    }

    [Fact]
    public void LoadTrain_GzipCutShort_IsNamed()
    {
        // Anywhere: in the data, and in the eight bytes of the sum behind it.
        byte[] whole = Zip(ImageFile(3));
        foreach (int length in (int[])[5, whole.Length / 2, whole.Length - 9, whole.Length - 4])
        {
            WriteAll(packed: true);
            File.WriteAllBytes(PathOf($"{Images}.gz"), whole[..length]);

            AssertFails(() => Mnist.LoadTrain(_folder), $"{Images}.gz' is ", "Fetch it anew.");
        }
    }

    [Fact]
    public void LoadTrain_NoGzip_IsNamed()
    {
        WriteAll(packed: true);
        File.WriteAllText(PathOf($"{Labels}.gz"), "<html>not found</html>");

        AssertFails(() => Mnist.LoadTrain(_folder), $"{Labels}.gz' is damaged, cut short or no gzip");
    }

    [Theory]
    [InlineData(16 + (3 * 784) - 1, "its header names 2352 bytes of items, but 2351 follow; item 2 breaks off")]
    [InlineData(16, "its header names 2352 bytes of items, but 0 follow; item 0 breaks off")]
    [InlineData(11, "its header breaks off after 11 of 16 bytes")]
    [InlineData(0, "its header breaks off after 0 of 16 bytes")]
    public void LoadTrain_FileCutShort_SaysWhere(int length, string message)
    {
        WriteAll(packed: false);
        File.WriteAllBytes(PathOf(Images), ImageFile(3)[..length]);

        AssertFails(() => Mnist.LoadTrain(_folder), $"{Images}' is truncated: {message}");
    }

    [Fact]
    public void LoadTrain_ImagesForLabels_SaysWrongMagic()
    {
        WriteAll(packed: false);
        File.WriteAllBytes(PathOf(Labels), ImageFile(3));

        AssertFails(() => Mnist.LoadTrain(_folder), $"{Labels}' begins with 0x00000803, expected 0x00000801");
    }

    [Fact]
    public void LoadTrain_LabelTen_SaysItemAndValue()
    {
        WriteAll(packed: false);
        File.WriteAllBytes(PathOf(Labels), LabelFile(7, 10, 9));

        AssertFails(() => Mnist.LoadTrain(_folder), $"item 1 of '{PathOf(Labels)}' has label 10; labels lie in 0 to 9");
    }

    [Theory]
    [InlineData(true, 4, uint.MaxValue, "names 4294967295 items; 1 to 700000 are read")]
    [InlineData(true, 4, 0, "names 0 items")]
    [InlineData(true, 4, 600_000, "its header names 470400000 bytes of items, the end of the gzip 2352")]
    [InlineData(false, 4, 600_000, "its header names 470400000 bytes of items, but 2352 follow")]
    [InlineData(false, 8, 0x7fffffff, "names images 2147483647 pixels high, expected 28")]
    [InlineData(false, 12, 32, "names images 32 pixels wide, expected 28")]
    public void LoadTrain_HeaderOfAnotherSize_IsRefusedBeforeItIsBelieved(bool packed, int at, uint value, string message)
    {
        WriteAll(packed);
        byte[] file = ImageFile(3);
        BinaryPrimitives.WriteUInt32BigEndian(file.AsSpan(at), value);
        Write(Images, file, packed);
        long before = GC.GetAllocatedBytesForCurrentThread();

        AssertFails(() => Mnist.LoadTrain(_folder), message);

        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 10_000_000);
    }

    [Fact]
    public void LoadTrain_MoreThanTheHeaderNames_IsRefused()
    {
        WriteAll(packed: false);
        Write(Images, [.. ImageFile(3), 0], packed: false);

        AssertFails(() => Mnist.LoadTrain(_folder), "goes on behind the 3 items");
    }

    [Fact]
    public void LoadTrain_FewerLabels_SaysBothNumbers()
    {
        WriteAll(packed: false);
        File.WriteAllBytes(PathOf(Labels), LabelFile(7, 0));

        AssertFails(() => Mnist.LoadTrain(_folder), "has 3 images", "2 labels");
    }

    [Fact]
    public void Load_RealFiles_HaveTheKnownSizesAndStatistics()
    {
        string? folder = Environment.GetEnvironmentVariable("STEPNET_MNIST");
        Assert.SkipWhen(string.IsNullOrEmpty(folder), "STEPNET_MNIST does not name a folder with MNIST.");

        ImageDataset train = Mnist.LoadTrain(folder!), test = Mnist.LoadTest(folder!);
        (float[] mean, float[] std) = DatasetStatistics.MeanAndStd(train, maxItems: 60_000);

        Assert.Equal((60_000, 10_000), (train.Count, test.Count));
        Assert.Equal(Mnist.Mean[0], mean[0], tolerance: 1e-4f);
        Assert.Equal(Mnist.Std[0], std[0], tolerance: 1e-4f);
        float[] item = new float[784];
        Assert.Equal([7, 2, 1, 0, 4], Enumerable.Range(0, 5).Select(i => test.Read(i, item)));
    }

    /// <summary>Three training images whose bytes count up modulo 251, with labels 7, 0, 9.</summary>
    private void WriteAll(bool packed)
    {
        Write(Images, ImageFile(3), packed);
        Write(Labels, LabelFile(7, 0, 9), packed);
    }

    private void Write(string name, byte[] content, bool packed) =>
        File.WriteAllBytes(PathOf(packed ? $"{name}.gz" : name), packed ? Zip(content) : content);

    private string PathOf(string name) => Path.Combine(_folder, name);

    internal static byte[] ImageFile(int count) =>
        [0, 0, 8, 3, 0, 0, 0, (byte)count, 0, 0, 0, 28, 0, 0, 0, 28, .. Enumerable.Range(0, count * 784).Select(i => (byte)(i % 251))];

    internal static byte[] LabelFile(params byte[] labels) => [0, 0, 8, 1, 0, 0, 0, (byte)labels.Length, .. labels];

    internal static byte[] Zip(byte[] content)
    {
        using MemoryStream packed = new();
        using (GZipStream zip = new(packed, CompressionLevel.Fastest))
        {
            zip.Write(content);
        }

        return packed.ToArray();
    }

    private static void AssertFails(Func<ImageDataset> load, params string[] parts)
    {
        DataException error = Assert.Throws<DataException>(load);
        Assert.All(parts, part => Assert.Contains(part, error.Message, StringComparison.Ordinal));
        Assert.StartsWith("MNIST: ", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', error.Message);
    }
}
