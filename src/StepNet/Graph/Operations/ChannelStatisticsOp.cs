using System.Runtime.CompilerServices;

namespace StepNet.Graph;

/// <summary>Mean and variance of every channel over the batch and the pixels (biased variance, as batch norm divides).</summary>
internal sealed class ChannelStatisticsOp : Operation
{
    public override Locality Locality => Locality.Reduction;

    public override Shape[] InferShapes(ReadOnlySpan<Shape> inputs)
    {
        Require.Channels(Name, inputs[0]);
        return [Shape.Of(inputs[0].Channels), Shape.Of(inputs[0].Channels)];
    }

    public override Tensor?[] Gradient(Node node, Tensor?[] outputGradients)
    {
        Tensor[] dy = ConstantOp.ZerosForNull(node, outputGradients);
        return [node.Graph.Add(new ChannelStatisticsBackwardOp(), [node.Inputs[0], node.Outputs[0], dy[0], dy[1]])];
    }

    public override void Evaluate<T>(Operands<T> v)
    {
        Shape shape = v.InShape(0);
        (int channels, int pixels) = (shape.Channels, shape.ItemCount / shape.Channels);
        ReadOnlySpan<T> x = v.In(0);
        T count = T.CreateTruncating((double)v.N * pixels);
        for (int c = 0; c < channels; c++)
        {
            T sum = T.Zero, squares = T.Zero;
            for (int n = 0; n < v.Items; n++)
            {
                foreach (T value in x.Slice(((n * channels) + c) * pixels, pixels))
                {
                    sum += value;
                }
            }

            T mean = sum / count;
            for (int n = 0; n < v.Items; n++)
            {
                foreach (T value in x.Slice(((n * channels) + c) * pixels, pixels))
                {
                    squares += (value - mean) * (value - mean);
                }
            }

            v.Out(0)[c] = mean;
            v.Out(1)[c] = squares / count;
        }
    }
}

/// <summary><c>dx = dmean / M + 2 dvar (x - mean) / M</c>, M = values a channel in the batch.</summary>
internal sealed class ChannelStatisticsBackwardOp : BackwardOp
{
    public override Locality Locality => Locality.Item;

    public override Shape[] InferShapes(ReadOnlySpan<Shape> inputs) => [inputs[0]];

    public override void Evaluate<T>(Operands<T> v)
    {
        Shape shape = v.InShape(0);
        (int channels, int pixels) = (shape.Channels, shape.ItemCount / shape.Channels);
        ReadOnlySpan<T> x = v.In(0), mean = v.In(1), dmean = v.In(2), dvar = v.In(3);
        Span<T> dx = v.Out(0);
        T perValue = T.One / T.CreateTruncating((double)v.N * pixels);
        for (int i = 0; i < dx.Length; i++)
        {
            int c = i / pixels % channels;
            dx[i] = perValue * (dmean[c] + ((dvar[c] + dvar[c]) * (x[i] - mean[c])));
        }
    }
}

public static partial class Ops
{
    /// <summary>Mean and biased variance of every channel over batch and pixels.</summary>
    /// <param name="x"><c>[N, C, ...]</c>.</param>
    /// <param name="file">Filled in by the compiler.</param>
    /// <param name="line">Filled in by the compiler.</param>
    /// <returns>Two tensors <c>[C]</c>.</returns>
    public static (Tensor Mean, Tensor Variance) ChannelStatistics(
        Tensor x, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0)
    {
        Node node = x.Graph.AddNode(new ChannelStatisticsOp(), [x], file, line);
        return (node.Outputs[0], node.Outputs[1]);
    }
}
