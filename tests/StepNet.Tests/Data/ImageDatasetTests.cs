using StepNet.Data;
using StepNet.Graph;

namespace StepNet.Tests.Data;

public sealed class ImageDatasetTests
{
    private static readonly string[] s_classes = ["a", "b"];

    [Theory]
    [InlineData(1)]
    [InlineData(31)]
    [InlineData(32)]
    [InlineData(33)]
    [InlineData(65)]
    [InlineData(1003)]
    public void Read_LengthsAroundTheVector_EqualsByteOver255(int width)
    {
        byte[] pixels = [.. Enumerable.Range(0, 2 * width).Select(i => (byte)(i * 7))];
        ImageDataset dataset = new(pixels, [0, 1], Shape.Of(1, 1, width), s_classes);
        float[] item = new float[width];

        int label = dataset.Read(1, item);

        Assert.Equal(1, label);
        Assert.Equal(pixels[width..].Select(b => b / 255f), item);
    }

    [Fact]
    public void Constructor_LengthsOrLabelsDoNotFit_Throws()
    {
        ArgumentException length = Assert.Throws<ArgumentException>(
            () => new ImageDataset(new byte[5], [0, 1], Shape.Of(1, 1, 3), s_classes));
        ArgumentException label = Assert.Throws<ArgumentException>(
            () => new ImageDataset(new byte[6], [0, 2], Shape.Of(1, 1, 3), s_classes));

        Assert.Contains("5 bytes for 2 labels", length.Message, StringComparison.Ordinal);
        Assert.Contains("item 1 has label 2", label.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Take_Range_ShiftsIndicesAndGuardsEnds()
    {
        ImageDataset whole = new([0, 51, 102, 153], [0, 1, 0, 1], Shape.Of(1, 1, 1), s_classes);
        float[] item = new float[1];

        IDataset part = whole.Take(1, 2);

        Assert.Equal(2, part.Count);
        Assert.Equal(1, part.Read(0, item));
        Assert.Equal(0.2f, item[0]);
        Assert.Throws<ArgumentOutOfRangeException>(() => part.Read(2, item));
        Assert.Throws<ArgumentOutOfRangeException>(() => part.Read(-1, item));
        Assert.Throws<ArgumentOutOfRangeException>(() => whole.Take(3, 2));
        Assert.Throws<ArgumentOutOfRangeException>(() => whole.Take(int.MaxValue, 1));
    }

    [Fact]
    public void MeanAndStd_TwoChannels_HandWorkedValues()
    {
        // Channel 0 holds 0, 1, 0, 1: mean 1/2, deviation 1/2. Channel 1 is 0.2 throughout, whose squares do not cancel in floating point.
        ImageDataset dataset = new([0, 255, 51, 51, 0, 255, 51, 51], [0, 1], Shape.Of(2, 1, 2), s_classes);

        (float[] mean, float[] std) = DatasetStatistics.MeanAndStd(dataset);

        Assert.Equal([0.5f, 0.2f], mean);
        Assert.Equal([0.5f, 1], std);
    }

    [Fact]
    public void MeanAndStd_FewerItems_SpreadOverTheSet()
    {
        ImageDataset dataset = new([0, 0, 255, 255], [0, 0, 1, 1], Shape.Of(1, 1, 1), s_classes);

        (float[] mean, _) = DatasetStatistics.MeanAndStd(dataset, maxItems: 2);

        Assert.Equal([0.5f], mean);
    }
}
