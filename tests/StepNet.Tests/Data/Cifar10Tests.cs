using System.Formats.Tar;
using System.IO.Compression;
using StepNet.Data;

namespace StepNet.Tests.Data;

public sealed class Cifar10Tests : IDisposable
{
    private const int RecordBytes = 3073;

    private readonly string _folder = Directory.CreateTempSubdirectory("stepnet-cifar10-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void LoadTrain_FiveBatches_InOrderWithLabelsAndPixels()
    {
        WriteAll(_folder);

        ImageDataset train = Cifar10.LoadTrain(_folder);

        AssertTrain(train);
        Assert.Equal("truck", train.Classes[9]);
    }

    [Fact]
    public void LoadTest_FolderBelow_IsFound()
    {
        WriteAll(Directory.CreateDirectory(Path.Combine(_folder, "cifar-10-batches-bin")).FullName);
        float[] item = new float[3072];

        ImageDataset test = Cifar10.LoadTest(_folder);

        Assert.Equal(2, test.Count);
        Assert.Equal(6, test.Read(0, item));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void LoadTrain_Archive_EqualsFolderWhateverTheOrderOfMembers(bool byFolder)
    {
        string archive = WriteArchive();

        ImageDataset train = Cifar10.LoadTrain(byFolder ? _folder : archive);

        AssertTrain(train);
        Assert.Equal([archive], Directory.GetFileSystemEntries(_folder));
    }

    [Fact]
    public void LoadTrain_NoFolder_SaysSo() => AssertFails(Path.Combine(_folder, "absent"), "there is no folder or archive");

    [Fact]
    public void LoadTrain_EmptyFolder_NamesWhatIsLookedFor() => AssertFails(_folder, "cifar-10-binary.tar.gz");

    [Fact]
    public void LoadTrain_BatchMissing_IsNamed()
    {
        WriteAll(_folder);
        File.Delete(Path.Combine(_folder, "data_batch_4.bin"));

        AssertFails(_folder, "data_batch_4.bin missing");
    }

    [Fact]
    public void LoadTrain_BatchTruncated_SaysWhere()
    {
        WriteAll(_folder);
        File.WriteAllBytes(Path.Combine(_folder, "data_batch_2.bin"), new byte[RecordBytes + 100]);

        AssertFails(_folder, "data_batch_2.bin' is truncated: 3173 bytes are 1 whole records of 3073 bytes, then record 1 breaks off "
            + "after 100 bytes");
    }

    [Fact]
    public void LoadTrain_BatchEmpty_SaysSo()
    {
        WriteAll(_folder);
        File.WriteAllBytes(Path.Combine(_folder, "data_batch_5.bin"), []);

        AssertFails(_folder, "data_batch_5.bin' is empty");
    }

    [Fact]
    public void LoadTrain_LabelAboveNine_SaysRecordAndValue()
    {
        WriteAll(_folder);
        byte[] batch = Batch(3);
        batch[RecordBytes] = 17;
        File.WriteAllBytes(Path.Combine(_folder, "data_batch_3.bin"), batch);

        AssertFails(_folder, "record 1 of data_batch_3.bin", "has label 17");
    }

    [Fact]
    public void LoadTrain_ArchiveCutShort_IsDamaged()
    {
        string archive = WriteArchive();
        byte[] bytes = File.ReadAllBytes(archive);
        File.WriteAllBytes(archive, bytes[..(bytes.Length / 2)]);

        AssertFails(archive, "is damaged");
    }

    [Fact]
    public void LoadTrain_ArchiveSumWrong_IsDamaged()
    {
        // The last eight bytes of gzip: the sum over the content, then its length.
        string archive = WriteArchive();
        byte[] bytes = File.ReadAllBytes(archive);
        bytes[^8] ^= 1;
        File.WriteAllBytes(archive, bytes);

        AssertFails(archive, "is damaged");
    }

    [Fact]
    public void LoadTrain_NoArchiveAtAll_IsDamaged()
    {
        string archive = Path.Combine(_folder, "cifar-10-binary.tar.gz");
        File.WriteAllText(archive, "<html>not found</html>");

        AssertFails(archive, "no .tar.gz");
    }

    [Fact]
    public void LoadTrain_ZippedButNoTar_IsDamaged()
    {
        string archive = Path.Combine(_folder, "cifar-10-binary.tar.gz");
        using (GZipStream zip = new(File.Create(archive), CompressionLevel.Fastest))
        {
            zip.Write([.. Enumerable.Repeat((byte)'x', 2000)]);
        }

        AssertFails(archive, "is damaged");
    }

    [Fact]
    public void Load_RealFiles_HaveTheKnownSizesAndStatistics()
    {
        string? folder = Environment.GetEnvironmentVariable("STEPNET_CIFAR10");
        Assert.SkipWhen(string.IsNullOrEmpty(folder), "STEPNET_CIFAR10 does not name a folder with CIFAR-10.");

        ImageDataset train = Cifar10.LoadTrain(folder!), test = Cifar10.LoadTest(folder!);
        (float[] mean, float[] std) = DatasetStatistics.MeanAndStd(train, maxItems: 10_000);

        Assert.Equal((50_000, 10_000), (train.Count, test.Count));
        for (int c = 0; c < 3; c++)
        {
            Assert.Equal(Cifar10.Mean[c], mean[c], tolerance: 0.01f);
            Assert.Equal(Cifar10.Std[c], std[c], tolerance: 0.01f);
        }
    }

    // Batch k has two records: labels k and k + 1, red all k, green all 10 k, blue all 20 k. The test batch is number 6.
    private static byte[] Batch(int k)
    {
        byte[] batch = new byte[2 * RecordBytes];
        for (int record = 0; record < 2; record++)
        {
            Span<byte> bytes = batch.AsSpan(record * RecordBytes, RecordBytes);
            bytes[0] = (byte)(k + record);
            bytes.Slice(1, 1024).Fill((byte)k);
            bytes.Slice(1025, 1024).Fill((byte)(10 * k));
            bytes.Slice(2049, 1024).Fill((byte)(20 * k));
        }

        return batch;
    }

    private static string Name(int k) => k == 6 ? "test_batch.bin" : $"data_batch_{k}.bin";

    private static void WriteAll(string folder)
    {
        for (int k = 1; k <= 6; k++)
        {
            File.WriteAllBytes(Path.Combine(folder, Name(k)), Batch(k));
        }
    }

    private string WriteArchive()
    {
        string archive = Path.Combine(_folder, "cifar-10-binary.tar.gz");
        using GZipStream zip = new(File.Create(archive), CompressionLevel.Fastest);
        using TarWriter tar = new(zip, TarEntryFormat.Ustar);
        tar.WriteEntry(new UstarTarEntry(TarEntryType.Directory, "cifar-10-batches-bin/"));
        foreach (int k in new[] { 1, 3, 4, 6, 5, 2 })
        {
            using MemoryStream content = new(Batch(k));
            tar.WriteEntry(new UstarTarEntry(TarEntryType.RegularFile, $"cifar-10-batches-bin/{Name(k)}") { DataStream = content });
        }

        return archive;
    }

    private static void AssertTrain(ImageDataset train)
    {
        float[] item = new float[3072];
        Assert.Equal(10, train.Count);
        for (int i = 0; i < 10; i++)
        {
            int k = 1 + (i / 2);
            Assert.Equal(k + (i % 2), train.Read(i, item));
            Assert.Equal((k / 255f, k / 255f), (item[0], item[1023]));
            Assert.Equal((10 * k / 255f, 20 * k / 255f), (item[1024], item[3071]));
        }
    }

    private static void AssertFails(string path, params string[] parts)
    {
        DataException error = Assert.Throws<DataException>(() => Cifar10.LoadTrain(path));
        Assert.All(parts, part => Assert.Contains(part, error.Message, StringComparison.Ordinal));
        Assert.DoesNotContain('\n', error.Message);
    }
}
