using StepNet.Data;
using StepNet.Graph;
using StepNet.Kernels;

namespace StepNet.Tests.Data;

/// <summary>Against torchvision's functions on tensors (0.14), written out pixel by pixel in double.</summary>
public sealed class ColorJitterTests
{
    private const int Pixels = 300;

    public static TheoryData<double> Factors => [0, 0.3, 1, 1.7];

    [Theory]
    [MemberData(nameof(Factors))]
    public void Brightness_RandomColours_BlendsWithBlack(double factor) => AssertSame(
        item => ColorJitter.Brightness(item, (float)factor),
        image => [.. image.Select(p => Blend(p, (0, 0, 0), factor))]);

    [Theory]
    [MemberData(nameof(Factors))]
    public void Contrast_RandomColours_BlendsWithTheMeanOfGrey(double factor) => AssertSame(
        item => ColorJitter.Contrast(item, colour: true, (float)factor),
        image =>
        {
            double mean = image.Average(Grey);
            return [.. image.Select(p => Blend(p, (mean, mean, mean), factor))];
        });

    [Fact]
    public void Contrast_OneChannel_BlendsWithItsMean()
    {
        float[] item = [0.2f, 0.4f, 0.9f];

        ColorJitter.Contrast(item, colour: false, 0.5f);

        Assert.Equal([0.35f, 0.45f, 0.7f], item, (x, y) => Math.Abs(x - y) < 1e-6);
    }

    [Theory]
    [MemberData(nameof(Factors))]
    public void Saturation_RandomColours_BlendsWithGrey(double factor) => AssertSame(
        item => ColorJitter.Saturation(item, (float)factor),
        image => [.. image.Select(p => Blend(p, (Grey(p), Grey(p), Grey(p)), factor))]);

    [Theory]
    [InlineData(-0.5)]
    [InlineData(-0.1)]
    [InlineData(0)]
    [InlineData(0.25)]
    [InlineData(0.5)]
    public void Hue_RandomColours_TurnsTheCircle(double shift) => AssertSame(
        item => ColorJitter.Hue(item, (float)shift), image => [.. image.Select(p => Turned(p, shift))]);

    [Fact]
    public void Hue_ThirdOfATurn_RedBecomesGreen()
    {
        float[] item = [0.9f, 0.1f, 0.1f];

        ColorJitter.Hue(item, 1 / 3f);

        Assert.Equal([0.1f, 0.9f, 0.1f], item, (x, y) => Math.Abs(x - y) < 1e-6);
    }

    [Fact]
    public void Apply_OneStrengthAlone_FactorsFillTheirRange()
    {
        // A grey image shows the brightness factor, in [0.6, 1.4].
        ColorJitter jitter = new(brightness: 0.4, contrast: 0, saturation: 0);
        List<float> factors = [];
        for (ulong i = 0; i < 500; i++)
        {
            float[] item = [0.5f, 0.5f, 0.5f];
            CounterRandom random = new(1, i);
            jitter.Apply(item, Shape.Of(3, 1, 1), ref random);
            factors.Add(item[0] / 0.5f);
        }

        Assert.InRange(factors.Min(), 0.6f, 0.61f);
        Assert.InRange(factors.Max(), 1.39f, 1.4f);
        Assert.InRange(factors.Average(), 0.97f, 1.03f);
    }

    [Fact]
    public void Apply_AllStrengths_GoesInTheDrawnOrder()
    {
        for (ulong i = 0; i < 30; i++)
        {
            CounterRandom random = new(1, i), same = random;
            float[] item = [0.9f, 0.2f, 0.3f, 0.8f, 0.5f, 0.4f], expected = [.. item];

            new ColorJitter(0.4, 1.2, 0.3, 0.1).Apply(item, Shape.Of(3, 1, 2), ref random);

            Span<int> order = [0, 1, 2, 3];
            same.Shuffle(order);
            float[] draws =
            [
                (float)same.NextUniform(0.6, 1.4), (float)same.NextUniform(0, 2.2), (float)same.NextUniform(0.7, 1.3),
                (float)same.NextUniform(-0.1, 0.1),
            ];
            Action[] changes =
            [
                () => ColorJitter.Brightness(expected, draws[0]), () => ColorJitter.Contrast(expected, true, draws[1]),
                () => ColorJitter.Saturation(expected, draws[2]), () => ColorJitter.Hue(expected, draws[3]),
            ];
            foreach (int change in order)
            {
                changes[change]();
            }

            Assert.Equal(expected, item);
        }
    }

    [Fact]
    public void Apply_OneChannel_HasNoSaturationAndNoHue()
    {
        float[] item = [0.2f, 0.7f];
        CounterRandom random = new(1);

        new ColorJitter(0, 0, saturation: 1, hue: 0.5).Apply(item, Shape.Of(1, 1, 2), ref random);

        Assert.Equal([0.2f, 0.7f], item);
    }

    [Fact]
    public void Apply_TwoChannels_SaysWhatIsNeeded()
    {
        ArgumentException error = Assert.Throws<ArgumentException>(() =>
        {
            CounterRandom random = new(1);
            new ColorJitter(1, 1, 1).Apply(new float[8], Shape.Of(2, 2, 2), ref random);
        });

        Assert.Contains("an item of [2, 2, 2]; needed are 3 channels", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(-0.1, 0, 0, 0)]
    [InlineData(0, double.NaN, 0, 0)]
    [InlineData(0, 0, 0, 0.6)]
    public void Constructor_OutOfRange_Throws(double brightness, double contrast, double saturation, double hue) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new ColorJitter(brightness, contrast, saturation, hue));

    private static void AssertSame(
        Action<float[]> ours, Func<(double R, double G, double B)[], (double R, double G, double B)[]> reference)
    {
        // Colours on a coarse grid, so that grey ones and ties of two channels occur.
        CounterRandom random = new(5);
        float[] item = new float[3 * Pixels];
        foreach (ref float x in item.AsSpan())
        {
            x = random.NextInt(6) / 5f;
        }

        (double, double, double)[] image =
            [.. Enumerable.Range(0, Pixels).Select(p => ((double)item[p], (double)item[Pixels + p], (double)item[(2 * Pixels) + p]))];
        (double R, double G, double B)[] expected = reference(image);

        ours(item);

        for (int p = 0; p < Pixels; p++)
        {
            Assert.Equal(expected[p].R, item[p], 1e-5);
            Assert.Equal(expected[p].G, item[Pixels + p], 1e-5);
            Assert.Equal(expected[p].B, item[(2 * Pixels) + p], 1e-5);
        }
    }

    private static double Grey((double R, double G, double B) p) => (0.2989 * p.R) + (0.587 * p.G) + (0.114 * p.B);

    // _blend: (ratio * img1 + (1 - ratio) * img2).clamp(0, 1)
    private static (double, double, double) Blend(
        (double R, double G, double B) p, (double R, double G, double B) q, double ratio)
    {
        return (Mix(p.R, q.R), Mix(p.G, q.G), Mix(p.B, q.B));

        double Mix(double a, double b) => Math.Clamp((ratio * a) + ((1 - ratio) * b), 0, 1);
    }

    // adjust_hue: _rgb2hsv, h = (h + shift) % 1, _hsv2rgb.
    private static (double, double, double) Turned((double R, double G, double B) p, double shift)
    {
        double max = Math.Max(p.R, Math.Max(p.G, p.B)), min = Math.Min(p.R, Math.Min(p.G, p.B)), range = max - min;
        double s = range / (max == min ? 1 : max), divisor = max == min ? 1 : range;
        double rc = (max - p.R) / divisor, gc = (max - p.G) / divisor, bc = (max - p.B) / divisor;
        double h = max == p.R ? bc - gc : max == p.G ? 2 + rc - bc : 4 + gc - rc;
        h = ((h / 6) + 1) % 1;

        h += shift;
        h -= Math.Floor(h);
        double i = Math.Floor(h * 6), f = (h * 6) - i;
        double low = max * (1 - s), falling = max * (1 - (s * f)), rising = max * (1 - (s * (1 - f)));
        return (int)(i % 6) switch
        {
            0 => (max, rising, low),
            1 => (falling, max, low),
            2 => (low, max, rising),
            3 => (low, falling, max),
            4 => (rising, low, max),
            _ => (max, low, falling),
        };
    }
}
