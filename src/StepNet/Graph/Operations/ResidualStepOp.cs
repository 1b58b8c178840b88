using System.Runtime.CompilerServices;

namespace StepNet.Graph;

/// <summary>The residual combination <c>y = s x + h f</c> (Towards Robust ResNet eq. 4; AdaResNet's <c>tfd + w ipd</c>).</summary>
/// <remarks>
/// <c>dx = s dy</c>, <c>df = h dy</c>, <c>ds = &lt;dy, x&gt;</c>, <c>dh = &lt;dy, f&gt;</c>; where s or h has one number a channel, by
/// channels.
/// </remarks>
internal sealed class ResidualStepOp : Operation
{
    public override Locality Locality => Locality.Item;

    public override Shape[] InferShapes(ReadOnlySpan<Shape> inputs)
    {
        Require.Equal(Name, inputs[0], inputs[1]);
        Require.Coefficient(Name, inputs[0], inputs[2]);
        Require.Coefficient(Name, inputs[0], inputs[3]);
        return [inputs[0]];
    }

    public override Tensor?[] Gradient(Node node, Tensor?[] outputGradients)
    {
        Tensor dy = outputGradients[0]!;
        (Tensor x, Tensor f, Tensor s, Tensor h) = (node.Inputs[0], node.Inputs[1], node.Inputs[2], node.Inputs[3]);
        return [Times(dy, s), Times(dy, h), Product(dy, x, s), Product(dy, f, h)];

        static Tensor Times(Tensor dy, Tensor c) =>
            c.Shape == Shape.Scalar ? Ops.Scale(dy, c) : dy.Graph.Add(new ChannelScaleOp(), [dy, c]);

        static Tensor Product(Tensor dy, Tensor value, Tensor c) => c.Shape == Shape.Scalar
            ? dy.Graph.Add(new DotOp(), [dy, value])
            : dy.Graph.AddNode(new ChannelSumsOp(), [dy, value]).Outputs[1];
    }

    public override void Evaluate<T>(Operands<T> v)
    {
        ReadOnlySpan<T> x = v.In(0), f = v.In(1), s = v.In(2), h = v.In(3);
        int channels = v.InShape(0).Channels, pixels = v.InShape(0).ItemCount / channels;
        Span<T> y = v.Out(0);
        for (int i = 0; i < y.Length; i++)
        {
            int c = i / pixels % channels;
            y[i] = (s[s.Length == 1 ? 0 : c] * x[i]) + (h[h.Length == 1 ? 0 : c] * f[i]);
        }
    }
}

public static partial class Ops
{
    /// <summary>Residual combination <c>s x + h f</c>.</summary>
    /// <param name="x">Shortcut, any shape.</param>
    /// <param name="f">Branch <c>F(x)</c>, of the shape of <paramref name="x"/>.</param>
    /// <param name="s">Skip weight, <c>[]</c> or <c>[C]</c>.</param>
    /// <param name="h">Step factor, <c>[]</c> or <c>[C]</c>.</param>
    /// <param name="file">Filled in by the compiler.</param>
    /// <param name="line">Filled in by the compiler.</param>
    public static Tensor ResidualStep(
        Tensor x, Tensor f, Tensor s, Tensor h, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
        x.Graph.Add(new ResidualStepOp(), [x, f, s, h], file, line);
}
