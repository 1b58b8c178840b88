using StepNet.Data;

namespace StepNet.Tests.Data;

public sealed class DatasetCatalogTests
{
    public static TheoryData<string> Names => [.. DatasetCatalog.All.Select(entry => entry.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void Entry_Each_IsWhole(string name)
    {
        DatasetEntry entry = DatasetCatalog.Find(name);

        Assert.Equal(entry.IsText || entry.IsPoints ? 0 : entry.ItemShape.Channels, entry.Mean.Count);
        Assert.Equal(entry.Mean.Count, entry.Std.Count);
        Assert.All(entry.Files, file =>
        {
            Assert.Matches("^[0-9a-f]{32}$", file.Md5);
            Assert.NotEmpty(file.Mirrors);
            Assert.All(file.Mirrors, url => Assert.EndsWith($"/{file.Name}", url.AbsoluteUri, StringComparison.Ordinal));

            // Plain HTTP only behind a mirror that has more to offer.
            Assert.Equal(Uri.UriSchemeHttps, file.Mirrors[0].Scheme);
        });
    }

    [Fact]
    public void Find_Unknown_ListsTheNames()
    {
        ArgumentException error = Assert.Throws<ArgumentException>(() => DatasetCatalog.Find("cifar"));

        Assert.Contains("expected shapes, two-moons, phrases, cifar10, cifar100, mnist, fashion-mnist, ag-news", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Shapes_OtherNumbers_AreGenerated()
    {
        (IDataset train, IDataset test) = (DatasetCatalog.Find("shapes") with { TrainItems = 7, TestItems = 5 }).Load("");

        Assert.Equal((7, 5), (train.Count, test.Count));
        (float[] mean, float[] std) = DatasetStatistics.MeanAndStd(DatasetCatalog.Find("shapes").Load("").Train, maxItems: 500);
        Assert.Equal(DatasetCatalog.Find("shapes").Mean, mean);
        Assert.Equal(DatasetCatalog.Find("shapes").Std, std);
    }

    [Fact]
    public void SumOf_Abc_IsTheOneOfRfc1321() =>
        Assert.Equal("900150983cd24fb0d6963f7d28e17f72", DatasetFile.SumOf(new MemoryStream([.. "abc"u8])));

    [Fact]
    public void CompareWithPublished_OtherBytes_NamesThemOnce()
    {
        string folder = Directory.CreateTempSubdirectory("stepnet-test-").FullName;
        try
        {
            byte[] train = [1, 2, 3], test = [4, 5];
            File.WriteAllBytes(Path.Combine(folder, "train.csv"), train);
            File.WriteAllBytes(Path.Combine(folder, "test.csv"), test);
            DatasetEntry same = DatasetCatalog.Find("ag-news") with { Files = [File2("train.csv", train), File2("test.csv", test)] };
            DatasetEntry other = same with { Files = [File2("train.csv", test), File2("test.csv", test)] };
            DatasetEntry unknown = same with { Files = [] };

            Assert.Null(same.CompareWithPublished(folder));
            Assert.StartsWith($"ag-news: train.csv in '{folder}' differs from the published bytes", other.CompareWithPublished(folder)!, StringComparison.Ordinal);
            Assert.Contains("unpacked", unknown.CompareWithPublished(folder)!, StringComparison.Ordinal);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }

        static DatasetFile File2(string name, byte[] bytes) => new(name, DatasetFile.SumOf(new MemoryStream(bytes)), []);
    }
}
