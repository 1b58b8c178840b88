using StepNet.Data;

namespace StepNet.Tests.Data;

public sealed class TwoMoonsDatasetTests
{
    [Fact]
    public void Read_NoNoise_LiesOnTheHalfCircles()
    {
        TwoMoonsDataset moons = new(200, noise: 0, seed: 1, "train");
        float[] p = new float[2];
        for (int i = 0; i < moons.Count; i++)
        {
            int label = moons.Read(i, p);

            Assert.Equal(i % 2, label);
            // The outer one is the upper half of the unit circle; the inner one the lower half about (1, 0.5).
            (double x, double y) = label == 0 ? (p[0], p[1]) : (p[0] - 1, 0.5 - p[1]);
            Assert.Equal(1, (x * x) + (y * y), 1e-5);
            Assert.True(y >= -1e-6);
        }
    }

    [Fact]
    public void Read_WithNoise_HasItsDeviation()
    {
        TwoMoonsDataset clean = new(4000, noise: 0, seed: 1, "train"), noisy = new(4000, noise: 0.1, seed: 1, "train");
        float[] p = new float[2], q = new float[2];
        double squares = 0;
        for (int i = 0; i < clean.Count; i++)
        {
            Assert.Equal(clean.Read(i, p), noisy.Read(i, q));
            squares += Math.Pow(p[0] - q[0], 2) + Math.Pow(p[1] - q[1], 2);
        }

        Assert.InRange(Math.Sqrt(squares / 8000), 0.097, 0.103);
    }

    [Fact]
    public void Read_OtherSplitOrSeed_OtherPoints_SameForALongerSet()
    {
        Assert.Equal(Point(new(10, 0.1, 1, "train")), Point(new(99, 0.1, 1, "train")));
        Assert.NotEqual(Point(new(10, 0.1, 1, "train")), Point(new(10, 0.1, 1, "test")));
        Assert.NotEqual(Point(new(10, 0.1, 1, "train")), Point(new(10, 0.1, 2, "train")));

        static float[] Point(TwoMoonsDataset moons)
        {
            float[] p = new float[2];
            _ = moons.Read(7, p);
            return p;
        }
    }

    [Fact]
    public void Constructor_NegativeNoise_Throws() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new TwoMoonsDataset(10, -0.1, 1, "train"));
}
