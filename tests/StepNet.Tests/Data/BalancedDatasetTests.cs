using StepNet.Data;
using StepNet.Graph;

namespace StepNet.Tests.Data;

public sealed class BalancedDatasetTests
{
    [Fact]
    public void Items_UnevenClasses_ComeEvenlyAndAllOfThem()
    {
        // Five of class 0, two of class 2, none of class 1: pixel = index.
        ImageDataset uneven = new([0, 1, 2, 3, 4, 5, 6], [0, 0, 2, 0, 0, 2, 0], Shape.Of(1, 1, 1), ["a", "b", "c"]);

        BalancedDataset even = new(uneven);

        float[] item = new float[1];
        (int Label, int Pixel)[] items = [.. Enumerable.Range(0, even.Count).Select(i => (even.Read(i, item), (int)Math.Round(255 * item[0])))];
        Assert.Equal([(0, 0), (0, 1), (0, 3), (0, 4), (0, 6), (2, 2), (2, 5), (2, 2), (2, 5), (2, 2)], items);
        Assert.Equal(items.Select(one => one.Label), Enumerable.Range(0, even.Count).Select(even.LabelOf));
    }

    [Fact]
    public void Items_OfNoisyLabels_ComeAsOftenAsTheyAreAndAlikeEachTime()
    {
        ImageDataset uneven = new([.. Enumerable.Range(0, 50).Select(i => (byte)i)], [.. Enumerable.Range(0, 50).Select(i => (byte)(i < 40 ? 0 : 1))], Shape.Of(1, 1, 1), ["a", "b"]);
        IDataset noisy = new NoisyLabels(uneven, 0.5, seed: 1);
        BalancedDataset even = new(noisy, uneven);

        float[] item = new float[1];
        (int Label, int Pixel)[] items = [.. Enumerable.Range(0, even.Count).Select(i => (even.Read(i, item), (int)Math.Round(255 * item[0])))];

        Assert.Equal(80, items.Length);
        Assert.All(items.CountBy(one => one.Pixel), one => Assert.Equal(one.Key < 40 ? 1 : 4, one.Value));
        Assert.All(items, one => Assert.Equal(noisy.LabelOf(one.Pixel), one.Label));
    }

    [Fact]
    public void LabelOf_EverySetAndView_IsThatOfRead()
    {
        IDataset shapes = new ShapesDataset(30, seed: 1, "train");
        (IDataset kept, IDataset heldOut) = shapes.Split(7, seed: 3);
        float[] item = new float[shapes.ItemShape.ItemCount];

        Assert.All((IDataset[])[shapes, kept, heldOut, shapes.Take(4, 9), new NoisyLabels(shapes, 0.5, seed: 1), new BalancedDataset(kept)], set =>
            Assert.All(Enumerable.Range(0, set.Count), i => Assert.Equal(set.Read(i, item), set.LabelOf(i))));
    }
}
