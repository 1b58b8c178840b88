using StepNet.Data;
using StepNet.Graph;
using StepNet.Kernels;

namespace StepNet.Tests.Data;

public sealed class RandomResizedCropTests
{
    [Fact]
    public void Stretch_TwoToFour_IsPyTorchsBilinear()
    {
        // torch.nn.functional.interpolate([[[[0., 1.]]]], size=(1, 4), mode='bilinear', align_corners=False)
        float[] plane = new float[4];

        RandomResizedCrop.Stretch([0f, 1f], rows: 1, columns: 2, plane, H: 1, W: 4);

        Assert.Equal([0f, 0.25f, 0.75f, 1f], plane);
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(2, 5)]
    [InlineData(4, 3)]
    [InlineData(7, 9)]
    public void Stretch_AnyPart_IsTheSumOfHats(int h, int w)
    {
        const int H = 7, W = 9;
        float[] source = [.. Compute.Uniform(h * w, seed: 2).Select(x => (float)x)];
        float[] plane = new float[H * W];

        RandomResizedCrop.Stretch(source, h, w, plane, H, W);

        for (int y = 0; y < H; y++)
        {
            for (int x = 0; x < W; x++)
            {
                double expected = 0;
                for (int i = 0; i < h; i++)
                {
                    for (int j = 0; j < w; j++)
                    {
                        expected += Hat(y, i, H, h) * Hat(x, j, W, w) * source[(i * w) + j];
                    }
                }

                Assert.Equal(expected, plane[(y * W) + x], 1e-6);
            }
        }

        // A hat of width 1 around each source pixel, seen from the output pixel's centre kept between the outermost ones.
        static double Hat(int place, int pixel, int to, int from) => Math.Max(
            0, 1 - Math.Abs(Math.Clamp(((place + 0.5) * from / to) - 0.5, 0, from - 1) - pixel));
    }

    [Fact]
    public void Draw_ManyParts_LieInsideAndFillTheRanges()
    {
        const int H = 32, W = 40;
        List<double> areas = [], ratios = [];
        for (ulong i = 0; i < 2000; i++)
        {
            CounterRandom random = new(1, i);
            RandomResizedCrop.Part part = RandomResizedCrop.Draw(H, W, 0.25, ref random);

            Assert.InRange(part.Top, 0, H - part.Height);
            Assert.InRange(part.Left, 0, W - part.Width);
            areas.Add(part.Height * part.Width / (double)(H * W));
            ratios.Add(part.Width / (double)part.Height);
        }

        // Sides are rounded to whole pixels, so the bounds are missed by a few percent.
        Assert.InRange(areas.Min(), 0.23, 0.28);
        Assert.InRange(areas.Max(), 0.95, 1);
        Assert.InRange(ratios.Min(), 0.70, 0.79);
        Assert.InRange(ratios.Max(), 1.28, 1.41);
    }

    [Theory]
    [InlineData(40, 4, 17, 0, 5, 4)]
    [InlineData(4, 40, 0, 17, 4, 5)]
    public void Draw_NoPartFits_TakesTheMiddle(int H, int W, int top, int left, int height, int width)
    {
        CounterRandom random = new(1);

        Assert.Equal(new RandomResizedCrop.Part(top, left, height, width), RandomResizedCrop.Draw(H, W, 1, ref random));
    }

    [Fact]
    public void Apply_ImageOfItsColumns_StaysSmoothAndAlikeInAllChannels()
    {
        // A ramp stays a ramp, less steep, and the channels move together.
        const int Size = 16;
        float[] item = [.. Enumerable.Range(0, 2 * Size * Size).Select(i => (i % Size) + (i < Size * Size ? 0f : 100f))];
        CounterRandom random = new(3);

        new RandomResizedCrop(0.3).Apply(item, Shape.Of(2, Size, Size), ref random);

        for (int i = 0; i < Size * Size; i++)
        {
            Assert.Equal(item[i] + 100, item[(Size * Size) + i], 1e-4);
            Assert.True(i % Size == 0 || item[i] - item[i - 1] is >= 0 and <= 1.001f);
        }

        Assert.InRange(item[Size - 1] - item[0], 3, Size - 1.5f);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1.1)]
    [InlineData(double.NaN)]
    public void Constructor_NoShare_Throws(double minArea) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new RandomResizedCrop(minArea));
}
