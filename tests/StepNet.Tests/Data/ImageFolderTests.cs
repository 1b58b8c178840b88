using StepNet.Data;

namespace StepNet.Tests.Data;

public sealed class ImageFolderTests : IDisposable
{
    private readonly PictureFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Open_ClassFolders_HoldsOutAFifthOfEachClass()
    {
        _folder.AddMany("dog", 10, blue: 1).AddMany("Cat", 5, blue: 2).AddMany("ant/deep/er", 3, blue: 3);

        DatasetEntry entry = ImageFolder.Open(_folder.Path);

        Assert.Equal(["Cat", "ant", "dog"], entry.Classes); // ordinal: capitals first
        Assert.Equal(
            [new ClassCount("Cat", 4, 0, 1), new ClassCount("ant", 2, 0, 1), new ClassCount("dog", 8, 0, 2)], entry.Inspection!.Classes);
        (IDataset train, IDataset test) = entry.Load("");
        Assert.Equal((14, 4), (train.Count, test.Count));
        Assert.Equal(18, Items(train).Concat(Items(test)).Distinct().Count());
        Assert.Equal(Path.GetFileName(_folder.Path), entry.Name);
    }

    [Fact]
    public void Open_EqualFoldersElsewhere_SplitEqually()
    {
        using PictureFolder other = new();
        _folder.AddMany("a", 20, blue: 1).AddMany("b", 20, blue: 2);
        other.AddMany("b", 20, blue: 2).AddMany("a", 20, blue: 1);

        (IDataset train, IDataset test) = ImageFolder.Open(_folder.Path).Load("");
        (IDataset otherTrain, IDataset otherTest) = ImageFolder.Open(other.Path + Path.DirectorySeparatorChar).Load("");
        (_, IDataset otherSeed) = ImageFolder.Open(other.Path, new ImageFolderOptions { SplitSeed = 1 }).Load("");

        Assert.Equal(Items(train), Items(otherTrain));
        Assert.Equal(Items(test), Items(otherTest));
        Assert.NotEqual(Items(test).Order(), Items(otherSeed).Order());
    }

    [Fact]
    public void Open_PartsGiven_KeepsThem()
    {
        _folder.AddMany("train/a", 3, blue: 1).AddMany("train/b", 2, blue: 2).AddMany("test/a", 1, blue: 3).AddMany("val/b", 2, blue: 4);

        DatasetEntry entry = ImageFolder.Open(_folder.Path);

        Assert.Equal([new ClassCount("a", 3, 0, 1), new ClassCount("b", 2, 2, 0)], entry.Inspection!.Classes);
        Assert.All(Items(entry.Validation!), item => Assert.Equal((4, 1), (item.Blue, item.Label)));
        Assert.Equal((3, 0), (Items(entry.Load("").Test).Single().Blue, Items(entry.Load("").Test).Single().Label));
    }

    [Fact]
    public void Open_TrainAlone_HoldsTestItemsOutOfIt()
    {
        _folder.AddMany("train/a", 10, blue: 1).AddMany("train/b", 10, blue: 2).AddMany("validation/a", 2, blue: 3);

        DatasetEntry entry = ImageFolder.Open(_folder.Path);

        Assert.Equal([new ClassCount("a", 8, 2, 2), new ClassCount("b", 8, 0, 2)], entry.Inspection!.Classes);
        Assert.Equal([(0, 0, 3), (0, 1, 3)], Items(entry.Validation!).Select(item => (item.Label, item.Red, item.Blue)).Order());
        Assert.All(Items(entry.Load("").Test), item => Assert.Equal(item.Label + 1, item.Blue));
    }

    [Fact]
    public void Normalization_KnownPixels_IsThatOfTheTrainingPart()
    {
        // Red 0 and 255 in equal shares: mean 0.5, deviation 0.5. Green is constant: deviation 1. The test part must not count.
        _folder.Add("train/a/1.png", 0, 51, 10).Add("train/b/1.png", 255, 51, 20).Add("test/a/1.png", 255, 255, 255);

        DatasetEntry entry = ImageFolder.Open(_folder.Path);

        Assert.Equal([0.5f, 0.2f, 15 / 255f], entry.Mean);
        Assert.Equal([0.5f, 1f, 5 / 255f], entry.Std);
    }

    [Theory]
    [InlineData(63, null, 32)]
    [InlineData(64, null, 64)]
    [InlineData(8, 12, 12)]
    public void ImageSize_ByTheDataOrAsAsked(int side, int? asked, int expected)
    {
        _folder.AddMany("a", 2, blue: 1, side).AddMany("b", 2, blue: 2, side);

        DatasetEntry entry = ImageFolder.Open(_folder.Path, new ImageFolderOptions { ImageSize = asked });

        Assert.Equal([3, expected, expected], entry.ItemShape.Dims);
    }

    [Fact]
    public void Items_OutOfMemory_AreTheSameAsThoseInIt()
    {
        _folder.AddMany("a", 4, blue: 1).AddMany("b", 4, blue: 2);

        (IDataset kept, _) = ImageFolder.Open(_folder.Path).Load("");
        (IDataset decoded, _) = ImageFolder.Open(_folder.Path, new ImageFolderOptions { MaxMemoryBytes = 0 }).Load("");

        Assert.Equal(Items(kept), Items(decoded));
        Directory.Delete(Path.Combine(_folder.Path, "a"), recursive: true);
        Assert.Equal(6, Items(kept).Length);
        DataException error = Assert.Throws<DataException>(() => Items(decoded));
        Assert.Contains($"{Path.DirectorySeparatorChar}a/", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void BadFiles_Stop_NamesTheFirst_Skip_CountsAll()
    {
        _folder.AddMany("a", 3, blue: 1).AddMany("b", 3, blue: 2).Add("a/cut.png", [0x89, (byte)'P', (byte)'N', (byte)'G']).Add("b/text", [.. "words"u8]);

        DataException error = Assert.Throws<DataException>(() => ImageFolder.Open(_folder.Path));
        DataInspection inspection = ImageFolder.Open(_folder.Path, new ImageFolderOptions { BadFiles = BadItems.Skip }).Inspection!;

        Assert.EndsWith("Mend or remove it, or leave bad files out with --bad-files skip.", error.Message, StringComparison.Ordinal);
        Assert.Equal(["a/cut.png", "b/text"], inspection.Bad.Select(bad => bad.Name));
        Assert.Contains("none of", inspection.Bad[1].Reason, StringComparison.Ordinal);
        Assert.Equal([new ClassCount("a", 2, 0, 1), new ClassCount("b", 2, 0, 1)], inspection.Classes);
    }

    [Fact]
    public void BadFiles_AllOfATest_AreNoReasonToTakeOthers()
    {
        _folder.AddMany("train/a", 10, blue: 1).AddMany("train/b", 10, blue: 2).Add("test/a/photo.heic", [.. "ftypheic"u8]);

        DataException error = Assert.Throws<DataException>(() => ImageFolder.Open(_folder.Path, new ImageFolderOptions { BadFiles = BadItems.Skip }));

        Assert.EndsWith("has no image of test that can be read, of 1 files. Mend them, or remove the folder.", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Hidden_AndStrayFiles_AreLeftOut()
    {
        _folder.AddMany("a", 2, blue: 1).AddMany("b", 2, blue: 2).Add("a/.DS_Store", [1]).Add(".git/c/x", [1]).Add("a/.cache/x", [1]).Add("labels.txt", [1]);

        DatasetEntry entry = ImageFolder.Open(_folder.Path);

        Assert.Equal(["a", "b"], entry.Classes);
        Assert.Equal(["labels.txt"], entry.Inspection!.Strays);
        Assert.Equal((2, 2), (entry.TrainItems, entry.TestItems));
    }

    [Fact]
    public void Inspection_Duplicates_AreFoundByPixels()
    {
        _folder.Add("train/a/1.png", 1, 2, 3).Add("test/a/1.png", 1, 2, 3).Add("train/b/2.png", 7, 7, 7, 5, 9).Add("train/b/3.png", 7, 7, 7, 9, 5);

        DataInspection inspection = ImageFolder.Open(_folder.Path).Inspection!;

        DuplicateItems same = Assert.Single(inspection.Duplicates);
        Assert.Equal(["test/a/1.png", "train/a/1.png"], same.Items);
        Assert.Equal((true, false), (same.AcrossParts, same.AcrossClasses));
        Assert.Equal([new SizeRange("width", 5, 8, 9), new SizeRange("height", 5, 8, 9)], inspection.Sizes);
        Assert.Equal((2, 2), (inspection.GreyItems, inspection.ColourItems));
        Assert.Equal(2, inspection.Imbalance);
    }

    private static (int Label, int Red, int Blue)[] Items(IDataset items) => [.. Enumerable.Range(0, items.Count).Select(i =>
    {
        float[] values = new float[items.ItemShape.ItemCount];
        int label = items.Read(i, values), plane = values.Length / 3;
        Assert.Equal(label, items.LabelOf(i));
        Assert.Equal(100 / 255f, values[plane]);
        return (label, (int)Math.Round(255 * values[0]), (int)Math.Round(255 * values[^1]));
    })];
}
