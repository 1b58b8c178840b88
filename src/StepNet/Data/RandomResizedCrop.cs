using System.Buffers;
using StepNet.Graph;
using StepNet.Kernels;

namespace StepNet.Data;

/// <summary>
/// Crops a random part of the image and stretches it over the whole, bilinearly (Szegedy et al. 2015, section 6).
/// </summary>
/// <remarks>
/// As torchvision's <c>RandomResizedCrop</c> to the image's own size: the share of the area is uniform in
/// [minArea, 1], the logarithm of width / height uniform between those of 3/4 and 4/3; where ten draws give no part that lies
/// inside, the largest part in the middle with such a ratio is taken.
/// </remarks>
public sealed class RandomResizedCrop : ITransform
{
    private const double MinRatio = 3.0 / 4, MaxRatio = 4.0 / 3;

    private readonly double _minArea;

    /// <param name="minArea">Least share of the image's area, in (0, 1].</param>
    public RandomResizedCrop(double minArea = 0.08)
    {
        if (!(minArea is > 0 and <= 1))
        {
            throw new ArgumentOutOfRangeException(
                nameof(minArea), $"RandomResizedCrop: a least share of {minArea}; it lies in (0, 1].");
        }

        _minArea = minArea;
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">The item is no picture.</exception>
    public void Apply(Span<float> item, Shape itemShape, ref CounterRandom random)
    {
        (int H, int W) = Pictures.Size(itemShape, nameof(RandomResizedCrop));
        Part part = Draw(H, W, _minArea, ref random);
        float[] rented = ArrayPool<float>.Shared.Rent(part.Height * part.Width);
        Span<float> source = rented.AsSpan(0, part.Height * part.Width);
        for (int at = 0; at < item.Length; at += H * W)
        {
            Span<float> plane = item.Slice(at, H * W);
            for (int y = 0; y < part.Height; y++)
            {
                plane.Slice(((part.Top + y) * W) + part.Left, part.Width).CopyTo(source[(y * part.Width)..]);
            }

            Stretch(source, part.Height, part.Width, plane, H, W);
        }

        ArrayPool<float>.Shared.Return(rented);
    }

    /// <summary>The part to crop, inside an image of <paramref name="H"/> x <paramref name="W"/>.</summary>
    internal static Part Draw(int H, int W, double minArea, ref CounterRandom random)
    {
        for (int attempt = 0; attempt < 10; attempt++)
        {
            double area = H * W * random.NextUniform(minArea, 1);
            double ratio = Math.Exp(random.NextUniform(Math.Log(MinRatio), Math.Log(MaxRatio)));
            int w = (int)Math.Round(Math.Sqrt(area * ratio)), h = (int)Math.Round(Math.Sqrt(area / ratio));
            if (w > 0 && w <= W && h > 0 && h <= H)
            {
                return new Part(random.NextInt(H - h + 1), random.NextInt(W - w + 1), h, w);
            }
        }

        int width = Math.Clamp((int)Math.Round(H * MaxRatio), 1, W), height = Math.Clamp((int)Math.Round(W / MinRatio), 1, H);
        return new Part((H - height) / 2, (W - width) / 2, height, width);
    }

    /// <summary>Bilinear, pixel centres at half numbers, the border continued: PyTorch's <c>align_corners=False</c>.</summary>
    internal static void Stretch(ReadOnlySpan<float> source, int rows, int columns, Span<float> plane, int H, int W)
    {
        for (int y = 0; y < H; y++)
        {
            (int top, int bottom, float down) = Neighbours(y, rows, H);
            ReadOnlySpan<float> above = source.Slice(top * columns, columns), below = source.Slice(bottom * columns, columns);
            for (int x = 0; x < W; x++)
            {
                (int left, int right, float along) = Neighbours(x, columns, W);
                float upper = above[left] + (along * (above[right] - above[left]));
                float lower = below[left] + (along * (below[right] - below[left]));
                plane[(y * W) + x] = upper + (down * (lower - upper));
            }
        }
    }

    private static (int First, int Second, float Weight) Neighbours(int place, int from, int to)
    {
        float at = Math.Max(0, ((place + 0.5f) * from / to) - 0.5f);
        int first = Math.Min((int)at, from - 1);
        return (first, Math.Min(first + 1, from - 1), at - first);
    }

    /// <summary>Rows and columns of an image.</summary>
    internal readonly record struct Part(int Top, int Left, int Height, int Width);
}
