using System.Runtime.CompilerServices;

namespace StepNet.Graph;

/// <summary><c>y = x + b[c]</c>, channel by channel.</summary>
internal sealed class ChannelBiasOp : Operation
{
    public override Locality Locality => Locality.Item;

    public override Shape[] InferShapes(ReadOnlySpan<Shape> inputs)
    {
        Require.PerChannel(Name, inputs[0], inputs[1]);
        return [inputs[0]];
    }

    public override Tensor?[] Gradient(Node node, Tensor?[] outputGradients) =>
        [outputGradients[0], node.Graph.Add(new ChannelSumOp(), [outputGradients[0]!])];

    public override void Evaluate<T>(Operands<T> v)
    {
        Shape shape = v.InShape(0);
        (int channels, int pixels) = (shape.Channels, shape.ItemCount / shape.Channels);
        ReadOnlySpan<T> x = v.In(0), b = v.In(1);
        Span<T> y = v.Out(0);
        for (int i = 0; i < y.Length; i++)
        {
            y[i] = x[i] + b[i / pixels % channels];
        }
    }
}

/// <summary>Sum of every channel over batch and pixels.</summary>
internal sealed class ChannelSumOp : BackwardOp
{
    public override Locality Locality => Locality.Reduction;

    public override Shape[] InferShapes(ReadOnlySpan<Shape> inputs) => [Shape.Of(inputs[0].Channels)];

    public override void Evaluate<T>(Operands<T> v)
    {
        Shape shape = v.InShape(0);
        (int channels, int pixels) = (shape.Channels, shape.ItemCount / shape.Channels);
        ReadOnlySpan<T> x = v.In(0);
        Span<T> sums = v.Out(0);
        sums.Clear();
        for (int i = 0; i < x.Length; i++)
        {
            sums[i / pixels % channels] += x[i];
        }
    }
}

public static partial class Ops
{
    /// <summary>Adds a number to every channel.</summary>
    /// <param name="x"><c>[N, C, ...]</c>.</param>
    /// <param name="b"><c>[C]</c>.</param>
    /// <param name="file">Filled in by the compiler.</param>
    /// <param name="line">Filled in by the compiler.</param>
    public static Tensor ChannelBias(Tensor x, Tensor b, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
        x.Graph.Add(new ChannelBiasOp(), [x, b], file, line);
}
