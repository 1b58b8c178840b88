using StepNet.Graph;
using StepNet.Kernels;

namespace StepNet.Data;

/// <summary>Pads with zeros on all sides, then crops back to the size at a random place (He et al. 2015, section 4.2).</summary>
public sealed class RandomCrop : ITransform
{
    private readonly int _padding;

    /// <param name="padding">Pixels on each side, at least 0; every shift in [-padding, padding] is as likely.</param>
    public RandomCrop(int padding = 4)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(padding);
        _padding = padding;
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">The item is no picture.</exception>
    public void Apply(Span<float> item, Shape itemShape, ref CounterRandom random)
    {
        int choices = (2 * _padding) + 1;
        int dy = random.NextInt(choices) - _padding, dx = random.NextInt(choices) - _padding;
        (int H, int W) = Pictures.Size(itemShape, nameof(RandomCrop));
        for (int at = 0; at < item.Length; at += H * W)
        {
            Shift(item.Slice(at, H * W), H, W, dy, dx);
        }
    }

    /// <summary><c>plane[y, x] = plane[y + dy, x + dx]</c>, zero where that lies outside.</summary>
    internal static void Shift(Span<float> plane, int H, int W, int dy, int dx)
    {
        int from = Math.Clamp(dx, 0, W), to = Math.Clamp(-dx, 0, W), length = Math.Max(0, W - Math.Abs(dx));

        // In place without scratch: rows go in the direction in which the source is not yet overwritten.
        for (int step = 0; step < H; step++)
        {
            int y = dy >= 0 ? step : H - 1 - step, source = y + dy;
            Span<float> row = plane.Slice(y * W, W);
            if (source < 0 || source >= H || length == 0)
            {
                row.Clear();
                continue;
            }

            plane.Slice((source * W) + from, length).CopyTo(row[to..]);
            row[..to].Clear();
            row[(to + length)..].Clear();
        }
    }
}
