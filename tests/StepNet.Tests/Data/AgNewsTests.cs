using StepNet.Data;
using StepNet.Graph;

namespace StepNet.Tests.Data;

public sealed class AgNewsTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("stepnet-test-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Vocabulary_TheCharactersOfVdcnn_HaveCodesOfTheirOwn()
    {
        const string Characters = "abcdefghijklmnopqrstuvwxyz0123456789-,;.!?:'\"/|_#$%^&*~`+=<>()[]{} ";

        Assert.Equal(69, CharacterVocabulary.Count);
        Assert.Equal(Enumerable.Range(2, 67), Characters.Select(c => (int)CharacterVocabulary.CodeOf(c)).Order());
        Assert.Equal((2, 3, 3, 28, 29), (
            CharacterVocabulary.CodeOf(' '), CharacterVocabulary.CodeOf('a'), CharacterVocabulary.CodeOf('A'), CharacterVocabulary.CodeOf('z'),
            CharacterVocabulary.CodeOf('0')));
        Assert.All("@\\\t\néß\uFFFF\0", c => Assert.Equal(CharacterVocabulary.Unknown, CharacterVocabulary.CodeOf(c)));
    }

    [Fact]
    public void LoadTrain_TitleAndDescription_AreJoinedCutAndPadded()
    {
        Write("train.csv", "\"3\",\"Ab\",\"c \"\"d\"\"\"\n\"1\",\"\",\"abcdefghijkl\"\n");
        float[] item = [.. Enumerable.Repeat(-1f, 10)];

        TextDataset train = AgNews.LoadTrain(_folder, length: 10);

        Assert.Equal((2, Shape.Of(10)), (train.Count, train.ItemShape));
        Assert.Equal("Business", train.Classes[train.Read(0, item)]);
        Assert.Equal([3, 4, 2, 5, 2, Code('"'), 6, Code('"'), 0, 0], item);
        Assert.Equal(0, train.Read(1, item));
        Assert.Equal(Enumerable.Range(3, 10).Select(code => (float)code), item);

        static float Code(char c) => CharacterVocabulary.CodeOf(c);
    }

    [Theory]
    [InlineData("\"5\",\"a\",\"b\"\n", "line 1 of ", "has class '5'; classes are 1 to 4")]
    [InlineData("\"1\",\"a\",\"b\"\n\"0\",\"a\",\"b\"\n", "line 2 of ", "has class '0'")]
    [InlineData("\"1\",\"a\",\"b\"\n\"2\",\"a\"\n", "line 2 of ", "has 2 fields, expected 3")]
    [InlineData("\"1\",\"a\",\"b\n", "train.csv': unbalanced quotes on line 1")]
    [InlineData("", "train.csv' is empty")]
    public void LoadTrain_Wrong_IsOneLineThatSaysWhere(string content, params string[] parts)
    {
        Write("train.csv", content);

        AssertFails(() => AgNews.LoadTrain(_folder), parts);
    }

    [Fact]
    public void LoadTest_Missing_SaysWhatIsLookedFor()
    {
        AssertFails(() => AgNews.LoadTest(_folder), "holds no test.csv");
        AssertFails(() => AgNews.LoadTest(Path.Combine(_folder, "absent")), "there is no folder");
    }

    [Fact]
    public void LoadTrain_NoUtf8_SaysSo()
    {
        File.WriteAllBytes(Path.Combine(_folder, "train.csv"), [(byte)'1', (byte)',', 0xff, 0xfe]);

        AssertFails(() => AgNews.LoadTrain(_folder), "is no UTF-8 text");
    }

    [Fact]
    public void LoadTest_RealFile_HasTheKnownSizeAndBalance()
    {
        string? folder = Environment.GetEnvironmentVariable("STEPNET_AG_NEWS");
        Assert.SkipWhen(string.IsNullOrEmpty(folder), "STEPNET_AG_NEWS does not name a folder with AG's news.");

        TextDataset test = AgNews.LoadTest(folder!);

        float[] item = new float[AgNews.DefaultLength];
        int[] counts = new int[4];
        for (int i = 0; i < test.Count; i++)
        {
            counts[test.Read(i, item)]++;
        }

        Assert.Equal([1900, 1900, 1900, 1900], counts);
    }

    private void Write(string name, string text) => File.WriteAllText(Path.Combine(_folder, name), text);

    private static void AssertFails(Func<TextDataset> load, params string[] parts)
    {
        DataException error = Assert.Throws<DataException>(load);
        Assert.All(parts, part => Assert.Contains(part, error.Message, StringComparison.Ordinal));
        Assert.StartsWith("AG's news: ", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', error.Message);
    }
}
