using StepNet.Graph;

namespace StepNet.Tests.Graph;

public sealed class ShapeTests
{
    [Fact]
    public void Equality_DefaultScalarAndEmpty_AreOne()
    {
        Assert.Equal(Shape.Scalar, Shape.Of());
        Assert.Equal(Shape.Scalar.GetHashCode(), Shape.Of().GetHashCode());
        Assert.NotEqual(Shape.Of(), Shape.Batch());
        Assert.True(Shape.Of(2, 3) != Shape.Of(3, 2));
    }

    [Fact]
    public void Count_OfABatch_MultipliesByItems()
    {
        Assert.Equal(60, Shape.Batch(3, 4).Count(5));
        Assert.Equal(12, Shape.Of(3, 4).Count(5));
        Assert.Equal(1, Shape.Scalar.Count(5));
        Assert.Throws<OverflowException>(() => Shape.Batch(1 << 20, 1 << 10).Count(8));
    }

    [Fact]
    public void Sizes_ByRank_AreChannelsHeightWidth()
    {
        Shape images = Shape.Batch(3, 4, 5), vector = Shape.Batch(7), labels = Shape.Batch();

        Assert.Equal((3, 4, 5, 4), (images.Channels, images.Height, images.Width, images.Rank));
        Assert.Equal((7, 1, 1, 2), (vector.Channels, vector.Height, vector.Width, vector.Rank));
        Assert.Equal((1, 1, 1, 1), (labels.Channels, labels.Height, labels.Width, labels.Rank));
    }

    [Fact]
    public void ToString_BatchVectorScalar_ReadAsInThePapers() =>
        Assert.Equal("[N, 3, 4] [N] [2] []", $"{Shape.Batch(3, 4)} {Shape.Batch()} {Shape.Of(2)} {Shape.Scalar}");

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    public void Of_SizeBelowOne_IsRefused(int size) => Assert.Throws<ArgumentOutOfRangeException>(() => Shape.Of(2, size));
}
