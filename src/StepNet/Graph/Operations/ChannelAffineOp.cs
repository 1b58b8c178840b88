using System.Runtime.CompilerServices;

namespace StepNet.Graph;

/// <summary><c>y = a[c] x + b[c]</c>, channel by channel.</summary>
internal sealed class ChannelAffineOp : Operation
{
    public override Locality Locality => Locality.Item;

    public override Shape[] InferShapes(ReadOnlySpan<Shape> inputs)
    {
        Require.PerChannel(Name, inputs[0], inputs[1]);
        Require.PerChannel(Name, inputs[0], inputs[2]);
        return [inputs[0]];
    }

    public override Tensor?[] Gradient(Node node, Tensor?[] outputGradients)
    {
        Tensor dy = outputGradients[0]!;
        Node sums = node.Graph.AddNode(new ChannelSumsOp(), [dy, node.Inputs[0]]);
        return [node.Graph.Add(new ChannelScaleOp(), [dy, node.Inputs[1]]), sums.Outputs[1], sums.Outputs[0]];
    }

    public override void Evaluate<T>(Operands<T> v)
    {
        Shape shape = v.InShape(0);
        (int channels, int pixels) = (shape.Channels, shape.ItemCount / shape.Channels);
        ReadOnlySpan<T> x = v.In(0), a = v.In(1), b = v.In(2);
        Span<T> y = v.Out(0);
        for (int i = 0; i < y.Length; i++)
        {
            int c = i / pixels % channels;
            y[i] = (a[c] * x[i]) + b[c];
        }
    }
}

/// <summary><c>y = a[c] x</c>, channel by channel.</summary>
internal sealed class ChannelScaleOp : BackwardOp
{
    public override Locality Locality => Locality.Item;

    public override Shape[] InferShapes(ReadOnlySpan<Shape> inputs)
    {
        Require.PerChannel(Name, inputs[0], inputs[1]);
        return [inputs[0]];
    }

    public override void Evaluate<T>(Operands<T> v)
    {
        Shape shape = v.InShape(0);
        (int channels, int pixels) = (shape.Channels, shape.ItemCount / shape.Channels);
        ReadOnlySpan<T> x = v.In(0), a = v.In(1);
        Span<T> y = v.Out(0);
        for (int i = 0; i < y.Length; i++)
        {
            y[i] = a[i / pixels % channels] * x[i];
        }
    }
}

/// <summary>Per channel, over batch and pixels: <c>(sum of dy, sum of dy x)</c>.</summary>
internal sealed class ChannelSumsOp : BackwardOp
{
    public override Locality Locality => Locality.Reduction;

    public override Shape[] InferShapes(ReadOnlySpan<Shape> inputs)
    {
        Require.Equal(Name, inputs[0], inputs[1]);
        return [Shape.Of(inputs[0].Channels), Shape.Of(inputs[0].Channels)];
    }

    public override void Evaluate<T>(Operands<T> v)
    {
        Shape shape = v.InShape(0);
        (int channels, int pixels) = (shape.Channels, shape.ItemCount / shape.Channels);
        ReadOnlySpan<T> dy = v.In(0), x = v.In(1);
        Span<T> sums = v.Out(0), products = v.Out(1);
        sums.Clear();
        products.Clear();
        for (int i = 0; i < dy.Length; i++)
        {
            int c = i / pixels % channels;
            sums[c] += dy[i];
            products[c] += dy[i] * x[i];
        }
    }
}

public static partial class Ops
{
    /// <summary>Affine map of every channel, <c>a x + b</c>.</summary>
    /// <param name="x"><c>[N, C, ...]</c>.</param>
    /// <param name="a">Scale, <c>[C]</c>.</param>
    /// <param name="b">Shift, <c>[C]</c>.</param>
    /// <param name="file">Filled in by the compiler.</param>
    /// <param name="line">Filled in by the compiler.</param>
    public static Tensor ChannelAffine(
        Tensor x, Tensor a, Tensor b, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
        x.Graph.Add(new ChannelAffineOp(), [x, a, b], file, line);
}
