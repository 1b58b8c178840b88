using StepNet.Data;
using StepNet.Graph;

namespace StepNet.Tests.Data;

public sealed class SplitTests
{
    // Item i holds the pixel i and has label i mod 10.
    private static readonly ImageDataset s_whole = new(
        [.. Enumerable.Range(0, 200).Select(i => (byte)i)],
        [.. Enumerable.Range(0, 200).Select(i => (byte)(i % 10))],
        Shape.Of(1, 1, 1),
        [.. Enumerable.Range(0, 10).Select(c => $"class {c}")]);

    [Theory]
    [InlineData(0)]
    [InlineData(20)]
    [InlineData(199)]
    public void Split_AnyCount_PartsAreDisjointAndMakeTheWhole(int count)
    {
        (IDataset rest, IDataset heldOut) = s_whole.Split(count, seed: 5);

        Assert.Equal((200 - count, count), (rest.Count, heldOut.Count));
        Assert.Equal(Enumerable.Range(0, 200), Items(rest).Concat(Items(heldOut)).Order());
        Assert.Equal((s_whole.ItemShape, s_whole.Classes), (rest.ItemShape, rest.Classes));
    }

    [Fact]
    public void Split_SameSeed_SamePartsAndAnotherSeedOthers()
    {
        int[] first = Items(s_whole.Split(20, seed: 5).HeldOut);

        Assert.Equal(first, Items(s_whole.Split(20, seed: 5).HeldOut));
        Assert.NotEqual(first, Items(s_whole.Split(20, seed: 6).HeldOut));
    }

    [Fact]
    public void Split_Drawn_SpreadsOverTheSet()
    {
        // 100 of 200: far fewer or more than 50 of the first half would mean that it is no draw.
        int fromFirstHalf = Items(s_whole.Split(100, seed: 1).HeldOut).Count(i => i < 100);

        Assert.InRange(fromFirstHalf, 35, 65);
    }

    // One item of a class of its own, and 199 of three others: by the draw alone it would be held out nine times of ten.
    [Theory]
    [InlineData(180, 4)]
    [InlineData(196, 4)]
    [InlineData(198, 2)]
    public void Split_RareClass_StaysAsLongAsThereIsRoom(int count, int classes)
    {
        int[] all = [.. Enumerable.Range(0, 200)];
        ImageDataset rare = new([.. all.Select(i => (byte)i)], [.. all.Select(i => (byte)Label(i))], Shape.Of(1, 1, 1), ["a", "b", "c", "d"]);
        for (ulong seed = 0; seed < 20; seed++)
        {
            (IDataset rest, IDataset heldOut) = rare.Split(count, seed);

            Assert.Equal((200 - count, count), (rest.Count, heldOut.Count));
            Assert.Equal(all, Items(rest, Label).Concat(Items(heldOut, Label)).Order());
            Assert.Equal(classes, Enumerable.Range(0, rest.Count).Select(rest.LabelOf).Distinct().Count());
        }

        static int Label(int item) => item == 77 ? 3 : item % 3;
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(200)]
    public void Split_NothingLeft_IsRefused(int count)
    {
        ArgumentOutOfRangeException error = Assert.Throws<ArgumentOutOfRangeException>(() => s_whole.Split(count, seed: 1));

        Assert.Contains("hold out 0 to 199", error.Message, StringComparison.Ordinal);
    }

    private static int[] Items(IDataset dataset, Func<int, int>? labelOf = null)
    {
        int[] items = new int[dataset.Count];
        float[] pixel = new float[1];
        for (int i = 0; i < items.Length; i++)
        {
            int label = dataset.Read(i, pixel);
            items[i] = (int)MathF.Round(pixel[0] * 255);
            Assert.Equal(labelOf?.Invoke(items[i]) ?? items[i] % 10, label);
        }

        return items;
    }
}
