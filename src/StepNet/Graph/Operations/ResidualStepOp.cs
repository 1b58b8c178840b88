using System.Runtime.CompilerServices;

namespace StepNet.Graph;

/// <summary>The residual combination <c>y = s x + h f</c> (Towards Robust ResNet eq. 4; AdaResNet's <c>tfd + w ipd</c>).</summary>
/// <remarks><c>dx = s dy</c>, <c>df = h dy</c>, <c>ds = &lt;dy, x&gt;</c>, <c>dh = &lt;dy, f&gt;</c>.</remarks>
internal sealed class ResidualStepOp : Operation
{
    public override Locality Locality => Locality.Item;

    public override Shape[] InferShapes(ReadOnlySpan<Shape> inputs)
    {
        Require.Equal(Name, inputs[0], inputs[1]);
        Require.Scalar(Name, inputs[2]);
        Require.Scalar(Name, inputs[3]);
        return [inputs[0]];
    }

    public override Tensor?[] Gradient(Node node, Tensor?[] outputGradients)
    {
        Tensor dy = outputGradients[0]!;
        (Tensor x, Tensor f, Tensor s, Tensor h) = (node.Inputs[0], node.Inputs[1], node.Inputs[2], node.Inputs[3]);
        return
        [
            Ops.Scale(dy, s),
            Ops.Scale(dy, h),
            node.Graph.Add(new DotOp(), [dy, x]),
            node.Graph.Add(new DotOp(), [dy, f]),
        ];
    }

    public override void Evaluate<T>(Operands<T> v)
    {
        ReadOnlySpan<T> x = v.In(0), f = v.In(1);
        T s = v.In(2)[0], h = v.In(3)[0];
        Span<T> y = v.Out(0);
        for (int i = 0; i < y.Length; i++)
        {
            y[i] = (s * x[i]) + (h * f[i]);
        }
    }
}

public static partial class Ops
{
    /// <summary>Residual combination <c>s x + h f</c>.</summary>
    /// <param name="x">Shortcut, any shape.</param>
    /// <param name="f">Branch <c>F(x)</c>, of the shape of <paramref name="x"/>.</param>
    /// <param name="s">Skip weight, <c>[]</c>.</param>
    /// <param name="h">Step factor, <c>[]</c>.</param>
    /// <param name="file">Filled in by the compiler.</param>
    /// <param name="line">Filled in by the compiler.</param>
    public static Tensor ResidualStep(
        Tensor x, Tensor f, Tensor s, Tensor h, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
        x.Graph.Add(new ResidualStepOp(), [x, f, s, h], file, line);
}
