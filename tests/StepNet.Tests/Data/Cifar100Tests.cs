using StepNet.Data;
using StepNet.Graph;

namespace StepNet.Tests.Data;

public sealed class Cifar100Tests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("stepnet-test-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Classes_TheHundredFineOnes_InTheOrderOfTheLabels()
    {
        Assert.Equal(100, Cifar100.Classes.Distinct().Count());
        Assert.Equal(Cifar100.Classes.Order(StringComparer.Ordinal), Cifar100.Classes);
        Assert.Equal(("apple", "cockroach", "worm"), (Cifar100.Classes[0], Cifar100.Classes[24], Cifar100.Classes[99]));
    }

    [Fact]
    public void Load_TwoLabelsARecord_TakesTheFineOneAndThePixelsBehind()
    {
        Write("train.bin", Record(19, 99, 1), Record(3, 0, 2));
        Write("test.bin", Record(0, 42, 3));
        float[] item = new float[3072];

        ImageDataset train = Cifar100.LoadTrain(_folder);
        (_, IDataset test) = DatasetCatalog.Find("cifar100").Load(_folder);

        Assert.Equal((2, Shape.Of(3, 32, 32)), (train.Count, train.ItemShape));
        Assert.Equal(99, train.Read(0, item));
        Assert.Equal((1 / 255f, 1 / 255f), (item[0], item[3071]));
        Assert.Equal(0, train.Read(1, item));
        Assert.Equal((1, 42), (test.Count, test.Read(0, item)));
    }

    [Fact]
    public void LoadTrain_FineLabelOutOfRange_SaysRecordAndValue()
    {
        Write("train.bin", Record(19, 99, 1), Record(3, 100, 2));

        DataException error = Assert.Throws<DataException>(() => Cifar100.LoadTrain(_folder));

        Assert.StartsWith("CIFAR-100: record 1 of train.bin", error.Message, StringComparison.Ordinal);
        Assert.Contains("has label 100; labels lie in 0 to 99", error.Message, StringComparison.Ordinal);
    }

    private static byte[] Record(byte coarse, byte fine, byte pixel) => [coarse, fine, .. Enumerable.Repeat(pixel, 3072)];

    private void Write(string name, params byte[][] records) => File.WriteAllBytes(Path.Combine(_folder, name), [.. records.SelectMany(r => r)]);
}
