using StepNet.Graph;
using StepNet.Kernels;

namespace StepNet.Data;

/// <summary>Changes brightness, contrast, saturation and hue by random amounts, in a random order.</summary>
/// <remarks>
/// As torchvision's <c>ColorJitter</c> on float images. Pixels lie in [0, 1] and are clipped to it, so it comes before
/// normalisation. Images have three channels, red, green, blue, or a single one, which has no saturation and no hue.
/// </remarks>
public sealed class ColorJitter : ITransform
{
    private readonly double _brightness;
    private readonly double _contrast;
    private readonly double _saturation;
    private readonly double _hue;

    /// <param name="brightness">At least 0; the factor is uniform in [max(0, 1 - brightness), 1 + brightness].</param>
    /// <param name="contrast">Likewise.</param>
    /// <param name="saturation">Likewise.</param>
    /// <param name="hue">In [0, 0.5]; the shift, a share of the colour circle, is uniform in [-hue, hue].</param>
    public ColorJitter(double brightness, double contrast, double saturation, double hue = 0)
    {
        if (!(Math.Min(brightness, Math.Min(contrast, saturation)) >= 0 && hue is >= 0 and <= 0.5))
        {
            throw new ArgumentOutOfRangeException(nameof(brightness),
                $"ColorJitter: brightness {brightness}, contrast {contrast}, saturation {saturation}, hue {hue}; "
                + "the first three are at least 0, hue lies in [0, 0.5].");
        }

        (_brightness, _contrast, _saturation, _hue) = (brightness, contrast, saturation, hue);
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">The item has neither one channel nor three.</exception>
    public void Apply(Span<float> item, Shape itemShape, ref CounterRandom random)
    {
        if (itemShape.Channels is not (1 or 3))
        {
            throw new ArgumentException(
                $"ColorJitter: an item of {itemShape}; needed are 3 channels (red, green, blue) or 1.", nameof(itemShape));
        }

        Span<int> order = [0, 1, 2, 3];
        random.Shuffle(order);
        float brightness = Factor(_brightness, ref random), contrast = Factor(_contrast, ref random);
        float saturation = Factor(_saturation, ref random), hue = (float)random.NextUniform(-_hue, _hue);
        bool colour = itemShape.Channels == 3;
        foreach (int change in order)
        {
            switch (change)
            {
                case 0 when _brightness > 0:
                    Brightness(item, brightness);
                    break;
                case 1 when _contrast > 0:
                    Contrast(item, colour, contrast);
                    break;
                case 2 when _saturation > 0 && colour:
                    Saturation(item, saturation);
                    break;
                case 3 when _hue > 0 && colour:
                    Hue(item, hue);
                    break;
            }
        }

        static float Factor(double strength, ref CounterRandom random) =>
            (float)random.NextUniform(Math.Max(0, 1 - strength), 1 + strength);
    }

    /// <summary>Towards black, or away from it.</summary>
    internal static void Brightness(Span<float> item, float factor)
    {
        foreach (ref float x in item)
        {
            x = Blend(x, 0, factor);
        }
    }

    /// <summary>Towards the mean of the grey image, or away from it.</summary>
    internal static void Contrast(Span<float> item, bool colour, float factor)
    {
        double sum = 0;
        int plane = colour ? item.Length / 3 : item.Length;
        for (int p = 0; p < plane; p++)
        {
            sum += colour ? Grey(item[p], item[plane + p], item[(2 * plane) + p]) : item[p];
        }

        float mean = (float)(sum / plane);
        foreach (ref float x in item)
        {
            x = Blend(x, mean, factor);
        }
    }

    /// <summary>Towards the pixel's own grey, or away from it.</summary>
    internal static void Saturation(Span<float> item, float factor)
    {
        int plane = item.Length / 3;
        Span<float> red = item[..plane], green = item.Slice(plane, plane), blue = item[(2 * plane)..];
        for (int p = 0; p < plane; p++)
        {
            float grey = Grey(red[p], green[p], blue[p]);
            (red[p], green[p], blue[p]) = (Blend(red[p], grey, factor), Blend(green[p], grey, factor), Blend(blue[p], grey, factor));
        }
    }

    /// <summary>Turns the colour circle by <paramref name="shift"/> of a whole turn.</summary>
    internal static void Hue(Span<float> item, float shift)
    {
        int plane = item.Length / 3;
        Span<float> red = item[..plane], green = item.Slice(plane, plane), blue = item[(2 * plane)..];
        for (int p = 0; p < plane; p++)
        {
            float r = red[p], g = green[p], b = blue[p];
            float value = Math.Max(r, Math.Max(g, b)), chroma = value - Math.Min(r, Math.Min(g, b));
            if (chroma > 0)
            {
                // Place on the circle in sixths: red 0, green 2, blue 4.
                float sixths = value == r ? (g - b) / chroma : value == g ? 2 + ((b - r) / chroma) : 4 + ((r - g) / chroma);
                sixths += 6 * shift;
                (red[p], green[p], blue[p]) = (Channel(sixths + 5), Channel(sixths + 3), Channel(sixths + 1));
            }

            // value - chroma * (a trapezoid around the circle): the six cases of HSV to RGB in one.
            float Channel(float k)
            {
                k -= 6 * MathF.Floor(k / 6);
                return value - (chroma * Math.Clamp(Math.Min(k, 4 - k), 0, 1));
            }
        }
    }

    // ITU-R BT.601's weights as torchvision has them.
    private static float Grey(float red, float green, float blue) => (0.2989f * red) + (0.587f * green) + (0.114f * blue);

    private static float Blend(float x, float towards, float factor) =>
        Math.Clamp((factor * x) + ((1 - factor) * towards), 0, 1);
}
