using StepNet.Graph;
using StepNet.Kernels;

namespace StepNet.Data;

/// <summary>Mirrors left and right with a probability.</summary>
public sealed class HorizontalFlip : ITransform
{
    private readonly double _probability;

    /// <param name="probability">In [0, 1].</param>
    public HorizontalFlip(double probability = 0.5)
    {
        if (!(probability is >= 0 and <= 1))
        {
            throw new ArgumentOutOfRangeException(
                nameof(probability), $"HorizontalFlip: a probability of {probability}; it lies in [0, 1].");
        }

        _probability = probability;
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">The item is no picture.</exception>
    public void Apply(Span<float> item, Shape itemShape, ref CounterRandom random)
    {
        int W = Pictures.Size(itemShape, nameof(HorizontalFlip)).W;

        // One draw whatever comes out, so that the transforms behind see the same stream.
        if (random.NextDouble() >= _probability)
        {
            return;
        }

        for (int at = 0; at < item.Length; at += W)
        {
            item.Slice(at, W).Reverse();
        }
    }
}
