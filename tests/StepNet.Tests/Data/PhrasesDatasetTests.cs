using StepNet.Data;

namespace StepNet.Tests.Data;

public sealed class PhrasesDatasetTests
{
    [Fact]
    public void Read_EveryItem_IsItsTextInCodesWithPaddingBehind()
    {
        PhrasesDataset phrases = new(300, seed: 1, "train");
        float[] item = new float[PhrasesDataset.Length];
        for (int i = 0; i < phrases.Count; i++)
        {
            string text = phrases.TextOf(i);

            Assert.Equal(i % 4, phrases.Read(i, item));
            Assert.Equal(text.Select(c => (float)CharacterVocabulary.CodeOf(c)), item[..text.Length]);
            Assert.All(item[text.Length..], code => Assert.Equal(CharacterVocabulary.Padding, code));
            Assert.InRange(text.Length, 15, PhrasesDataset.Length - 1);
        }
    }

    [Fact]
    public void TextOf_ManyItems_HardlyAnyTwice()
    {
        PhrasesDataset train = new(2000, seed: 1, "train"), test = new(2000, seed: 1, "test");

        HashSet<string> texts = [.. Enumerable.Range(0, 2000).Select(train.TextOf)];

        Assert.InRange(texts.Count, 1900, 2000);
        Assert.InRange(Enumerable.Range(0, 2000).Count(i => texts.Contains(test.TextOf(i))), 0, 150);
    }

    [Fact]
    public void TextOf_TwoTopics_EachWordIsAsOftenDeniedAsAffirmed()
    {
        // Where two topics meet, a word of the weather says weather no more often than the three others together.
        PhrasesDataset phrases = new(8000, seed: 1, "train");
        int[] two = [.. Enumerable.Range(0, 8000).Where(i => phrases.TextOf(i).IndexOfAny([',', ';']) >= 0)];
        int[] rain = [.. two.Where(i => phrases.TextOf(i).Contains("heavy rain", StringComparison.Ordinal))];

        Assert.InRange(rain.Length, 150, 600);
        Assert.InRange(rain.Count(i => i % 4 == 0) / (double)rain.Length, 0.4, 0.6);
    }

    [Fact]
    public void TextOf_AnyLengthOfTheSet_IsAFunctionOfSeedSplitAndItem()
    {
        string text = new PhrasesDataset(10, 1, "train").TextOf(7);

        Assert.Equal(text, new PhrasesDataset(99, 1, "train").TextOf(7));
        Assert.NotEqual(text, new PhrasesDataset(10, 2, "train").TextOf(7));
        Assert.NotEqual(text, new PhrasesDataset(10, 1, "test").TextOf(7));
    }
}
