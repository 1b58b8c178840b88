using StepNet.Data;
using StepNet.Graph;
using StepNet.Kernels;

namespace StepNet.Tests.Data;

public sealed class TransformTests
{
    [Theory]
    [InlineData(0, 0, new float[] { 1, 2, 3, 4, 5, 6 })]
    [InlineData(1, 0, new float[] { 4, 5, 6, 0, 0, 0 })]
    [InlineData(-1, 0, new float[] { 0, 0, 0, 1, 2, 3 })]
    [InlineData(0, 1, new float[] { 2, 3, 0, 5, 6, 0 })]
    [InlineData(0, -2, new float[] { 0, 0, 1, 0, 0, 4 })]
    [InlineData(-1, 1, new float[] { 0, 0, 0, 2, 3, 0 })]
    [InlineData(1, -1, new float[] { 0, 4, 5, 0, 0, 0 })]
    [InlineData(0, 4, new float[] { 0, 0, 0, 0, 0, 0 })]
    [InlineData(-4, 0, new float[] { 0, 0, 0, 0, 0, 0 })]
    public void RandomCrop_KnownShift_MovesPixelsAndFillsZero(int dy, int dx, float[] expected)
    {
        float[] plane = [1, 2, 3, 4, 5, 6];

        RandomCrop.Shift(plane, H: 2, W: 3, dy, dx);

        Assert.Equal(expected, plane);
    }

    [Fact]
    public void RandomCrop_ManyDraws_MovesAllChannelsAlikeAndReachesEveryPlace()
    {
        // One pixel per channel in the middle of 5 x 5: padding 2 moves it to any of the 25 places.
        Shape shape = Shape.Of(2, 5, 5);
        RandomCrop crop = new(padding: 2);
        HashSet<int> places = [];
        for (ulong i = 0; i < 400; i++)
        {
            float[] item = new float[50];
            (item[12], item[25 + 12]) = (1, 2);
            CounterRandom random = new(1, i);
            crop.Apply(item, shape, ref random);

            int place = Array.IndexOf(item, 1f);
            Assert.Equal(2f, item[25 + place]);
            Assert.Equal(3f, item.Sum());
            places.Add(place);
        }

        Assert.Equal(25, places.Count);
    }

    [Fact]
    public void Apply_ToAText_IsRefused()
    {
        foreach (ITransform transform in (ITransform[])[new RandomCrop(1), new Cutout(2), new RandomResizedCrop(), new HorizontalFlip(1)])
        {
            CounterRandom random = new(1);
            ArgumentException e = Assert.Throws<ArgumentException>(() => transform.Apply(new float[8], Shape.Of(8), ref random));
            Assert.StartsWith($"{transform.GetType().Name}: an item of [8]; expected a picture [C, H, W].", e.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void HorizontalFlip_Certain_ReversesEveryRow()
    {
        float[] item = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12];
        CounterRandom random = new(1);

        new HorizontalFlip(1).Apply(item, Shape.Of(2, 2, 3), ref random);

        Assert.Equal([3, 2, 1, 6, 5, 4, 9, 8, 7, 12, 11, 10], item);
    }

    [Fact]
    public void HorizontalFlip_Half_FlipsAboutHalf()
    {
        int flips = 0;
        HorizontalFlip flip = new();
        for (ulong i = 0; i < 1000; i++)
        {
            float[] item = [1, 2];
            CounterRandom random = new(7, i);
            flip.Apply(item, Shape.Of(1, 1, 2), ref random);
            flips += item[0] == 2 ? 1 : 0;
        }

        Assert.InRange(flips, 430, 570);
    }

    [Theory]
    [InlineData(-0.1)]
    [InlineData(1.5)]
    [InlineData(double.NaN)]
    public void HorizontalFlip_NoProbability_Throws(double probability) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new HorizontalFlip(probability));

    [Fact]
    public void Normalize_TwoChannels_SubtractsMeanAndDividesByDeviation()
    {
        float[] item = [0f, 0.5f, 1f, 0f, 0.5f, 1f];
        CounterRandom random = new(1);

        new Normalize([0.5f, 0f], [0.5f, 0.25f]).Apply(item, Shape.Of(2, 1, 3), ref random);

        Assert.Equal([-1f, 0f, 1f, 0f, 2f, 4f], item);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(15)]
    [InlineData(16)]
    [InlineData(17)]
    [InlineData(1003)]
    public void Normalize_LengthsAroundTheVector_AllElementsAlike(int width)
    {
        float[] item = [.. Enumerable.Repeat(0.75f, width)];
        CounterRandom random = new(1);

        new Normalize([0.5f], [0.125f]).Apply(item, Shape.Of(1, 1, width), ref random);

        Assert.All(item, x => Assert.Equal(2f, x));
    }

    [Fact]
    public void Normalize_OtherChannels_MessageNamesBoth()
    {
        Normalize normalize = new(Cifar10.Mean, Cifar10.Std);

        ArgumentException error = Assert.Throws<ArgumentException>(() =>
        {
            CounterRandom random = new(1);
            normalize.Apply(new float[4], Shape.Of(1, 2, 2), ref random);
        });

        Assert.Contains("[1, 2, 2] has 1 channels, but 3 means", error.Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => new Normalize([0f], [0f]));
    }
}
