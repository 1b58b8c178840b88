using StepNet.Graph;
using StepNet.Kernels;

namespace StepNet.Data;

/// <summary>Sets a square at a random place to zero in all channels (DeVries and Taylor 2017).</summary>
/// <remarks>The centre is any pixel, so the square may reach over the edge. Behind normalisation zero is the mean.</remarks>
public sealed class Cutout : ITransform
{
    private readonly int _size;

    /// <param name="size">Side of the square in pixels, at least 1.</param>
    public Cutout(int size)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(size);
        _size = size;
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">The item is no picture.</exception>
    public void Apply(Span<float> item, Shape itemShape, ref CounterRandom random)
    {
        (int H, int W) = Pictures.Size(itemShape, nameof(Cutout));
        int top = random.NextInt(H) - (_size / 2), left = random.NextInt(W) - (_size / 2);
        int from = Math.Max(0, left), width = Math.Min(W, left + _size) - from;
        for (int at = 0; at < item.Length; at += H * W)
        {
            for (int y = Math.Max(0, top); y < Math.Min(H, top + _size); y++)
            {
                item.Slice(at + (y * W) + from, width).Clear();
            }
        }
    }
}
