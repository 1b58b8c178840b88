using StepNet.Data;
using StepNet.Graph;

namespace StepNet.Tests.Data;

/// <summary>Noise in training data: of the promised size, seeded, the same at every epoch.</summary>
public sealed class NoisyDatasetTests
{
    [Fact]
    public void NoisyPixels_TwoChannels_HasTheDeviationBehindNormalisation()
    {
        Flat clean = new(200, Shape.Of(2, 8, 8));
        NoisyPixels noisy = new(clean, noise: 0.5, std: [0.25f, 2f], seed: 1);
        float[] item = new float[128];
        double[] sum = new double[2], squares = new double[2];
        for (int i = 0; i < clean.Count; i++)
        {
            Assert.Equal(i % 3, noisy.Read(i, item));
            for (int p = 0; p < item.Length; p++)
            {
                double normalised = (item[p] - 0.5) / (p < 64 ? 0.25 : 2);
                sum[p / 64] += normalised;
                squares[p / 64] += normalised * normalised;
            }
        }

        // 12,800 draws a channel: the mean's own deviation is 0.0044, that of the deviation 0.0031.
        Assert.All(sum, s => Assert.InRange(s / 12800, -0.02, 0.02));
        Assert.All(squares, s => Assert.InRange(Math.Sqrt(s / 12800), 0.485, 0.515));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(0.3)]
    [InlineData(1)]
    public void NoisyCharacters_Texts_ReplacesTheShareByLettersAndLeavesPadding(double share)
    {
        PhrasesDataset clean = new(400, seed: 1, "train");
        NoisyCharacters noisy = new(clean, share, seed: 1);
        float[] before = new float[PhrasesDataset.Length], after = new float[PhrasesDataset.Length];
        int characters = 0, spaces = 0, spacesLeft = 0, changed = 0;
        for (int i = 0; i < clean.Count; i++)
        {
            Assert.Equal(clean.Read(i, before), noisy.Read(i, after));
            int length = clean.TextOf(i).Length;
            Assert.All(after[length..], code => Assert.Equal(CharacterVocabulary.Padding, code));
            for (int k = 0; k < length; k++)
            {
                characters++;
                spaces += before[k] == CharacterVocabulary.CodeOf(' ') ? 1 : 0;
                spacesLeft += after[k] == CharacterVocabulary.CodeOf(' ') ? 1 : 0;
                changed += after[k] != before[k] ? 1 : 0;
                Assert.True(after[k] == before[k] || (after[k] >= CharacterVocabulary.CodeOf('a') && after[k] <= CharacterVocabulary.CodeOf('z')));
            }
        }

        // One replacement in 26 meets the letter that stood there.
        Assert.InRange(changed / (double)characters, 0.95 * share, share);
        Assert.Equal(1 - share, spacesLeft / (double)spaces, 0.03);
    }

    [Fact]
    public void NoisyLabels_ManyItems_FlipsTheShareToOtherClassesAlike()
    {
        NoisyLabels noisy = new(new Flat(3000, Shape.Of(1)), share: 0.3, seed: 1);
        int[] moves = new int[3];
        for (int i = 0; i < noisy.Count; i++)
        {
            moves[(noisy.Read(i, new float[1]) - (i % 3) + 3) % 3]++;
        }

        Assert.InRange(moves[0], 2000, 2200);
        Assert.InRange(moves[1], 390, 510);
        Assert.InRange(moves[2], 390, 510);
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(1, 3000)]
    public void NoisyLabels_NoneOrAll_IsExact(double share, int flipped)
    {
        NoisyLabels noisy = new(new Flat(3000, Shape.Of(1)), share, seed: 1);

        Assert.Equal(flipped, Enumerable.Range(0, 3000).Count(i => noisy.Read(i, new float[1]) != i % 3));
    }

    [Fact]
    public void Read_AgainAndWithAnotherSeed_IsAFunctionOfSeedAndItem()
    {
        Flat clean = new(50, Shape.Of(1, 4, 4));
        Assert.Equal(Pixels(seed: 1, [3, 4, 5]), Pixels(seed: 1, [5, 4, 3]).Reverse());
        Assert.NotEqual(Pixels(seed: 1, [3]), Pixels(seed: 2, [3]));
        Assert.NotEqual(Pixels(seed: 1, [3]), Pixels(seed: 1, [4]));
        Assert.Equal(Labels(seed: 1), Labels(seed: 1));
        Assert.NotEqual(Labels(seed: 1), Labels(seed: 2));

        IEnumerable<float[]> Pixels(ulong seed, int[] items) => items.Select(i =>
        {
            float[] item = new float[16];
            _ = new NoisyPixels(clean, 1, [1f], seed).Read(i, item);
            return item;
        });

        IEnumerable<int> Labels(ulong seed) => Enumerable.Range(0, 50).Select(i => new NoisyLabels(clean, 0.5, seed).Read(i, new float[16]));
    }

    [Fact]
    public void Constructors_OutOfRange_Throw()
    {
        Flat clean = new(3, Shape.Of(2, 4, 4));
        Assert.Throws<ArgumentOutOfRangeException>(() => new NoisyPixels(clean, -1, [1f, 1f], 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => new NoisyLabels(clean, 1.5, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => new NoisyCharacters(clean, double.NaN, 1));
        ArgumentException error = Assert.Throws<ArgumentException>(() => new NoisyPixels(clean, 1, [1f], 1));
        Assert.Contains("1 deviations for items of [2, 4, 4]", error.Message, StringComparison.Ordinal);
    }

    /// <summary>Items full of 0.5, labels i mod 3.</summary>
    private sealed class Flat(int count, Shape shape) : IDataset
    {
        public int Count => count;

        public Shape ItemShape => shape;

        public IReadOnlyList<string> Classes { get; } = ["a", "b", "c"];

        public int Read(int index, Span<float> item)
        {
            item.Fill(0.5f);
            return index % 3;
        }
    }
}
