using StepNet.Data;
using StepNet.Graph;
using StepNet.Kernels;

namespace StepNet.Tests.Data;

public sealed class CutoutTests
{
    [Fact]
    public void Apply_ManyDraws_ClearsOneSquareAroundEveryPixel()
    {
        const int H = 5, W = 6, Size = 2;
        HashSet<(int, int)> centres = [];
        for (ulong i = 0; i < 600; i++)
        {
            float[] item = [.. Enumerable.Repeat(1f, 2 * H * W)];
            CounterRandom random = new(1, i), same = random;
            new Cutout(Size).Apply(item, Shape.Of(2, H, W), ref random);

            (int cy, int cx) = (same.NextInt(H), same.NextInt(W));
            for (int p = 0; p < 2 * H * W; p++)
            {
                int y = p / W % H, x = p % W;
                bool inside = y >= cy - 1 && y < cy + 1 && x >= cx - 1 && x < cx + 1;
                Assert.Equal(inside ? 0f : 1f, item[p]);
            }

            centres.Add((cy, cx));
        }

        Assert.Equal(H * W, centres.Count);
    }

    [Fact]
    public void Apply_LargerThanTheImage_ClearsIt()
    {
        float[] item = [1, 2, 3, 4];
        CounterRandom random = new(1);

        new Cutout(9).Apply(item, Shape.Of(1, 2, 2), ref random);

        Assert.Equal([0f, 0f, 0f, 0f], item);
    }

    [Fact]
    public void Constructor_NoSize_Throws() => Assert.Throws<ArgumentOutOfRangeException>(() => new Cutout(0));
}
