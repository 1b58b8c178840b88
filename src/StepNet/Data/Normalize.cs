using System.Numerics;
using StepNet.Graph;
using StepNet.Kernels;

namespace StepNet.Data;

/// <summary>Per channel <c>(x - mean) / std</c>.</summary>
public sealed class Normalize : ITransform
{
    private readonly float[] _mean;
    private readonly float[] _scale;

    /// <param name="mean">One value per channel, in the units of the pixels, [0, 1].</param>
    /// <param name="std">One value per channel, above 0.</param>
    /// <exception cref="ArgumentException">The lengths differ or a deviation is not above 0.</exception>
    public Normalize(IReadOnlyList<float> mean, IReadOnlyList<float> std)
    {
        ArgumentNullException.ThrowIfNull(mean);
        ArgumentNullException.ThrowIfNull(std);
        if (mean.Count != std.Count || std.Any(s => !(s > 0)))
        {
            throw new ArgumentException(
                $"Normalize: {mean.Count} means, {std.Count} deviations [{string.Join(", ", std)}]; needed are as many of each, "
                + "and every deviation above 0. Give a constant channel a deviation of 1.",
                nameof(std));
        }

        _mean = [.. mean];
        _scale = [.. std.Select(s => 1f / s)];
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">The item has another number of channels.</exception>
    public void Apply(Span<float> item, Shape itemShape, ref CounterRandom random)
    {
        int C = itemShape.Channels;
        if (C != _mean.Length)
        {
            throw new ArgumentException(
                $"Normalize: an item of {itemShape} has {C} channels, but {_mean.Length} means were given. Give one per channel.",
                nameof(itemShape));
        }

        int plane = item.Length / C;
        for (int c = 0; c < C; c++)
        {
            Scale(item.Slice(c * plane, plane), _mean[c], _scale[c]);
        }
    }

    private static void Scale(Span<float> values, float mean, float scale)
    {
        Vector<float> vmean = new(mean);
        int i = 0;
        for (; i <= values.Length - Vector<float>.Count; i += Vector<float>.Count)
        {
            ((new Vector<float>(values[i..]) - vmean) * scale).CopyTo(values[i..]);
        }

        for (; i < values.Length; i++)
        {
            values[i] = (values[i] - mean) * scale;
        }
    }
}
