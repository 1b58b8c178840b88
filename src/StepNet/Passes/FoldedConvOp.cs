using StepNet.Graph;

namespace StepNet.Passes;

/// <summary>
/// <c>act(Conv2d(x, w) + b[c] + s shortcut)</c>: a convolution with all that follows it by channels in its weights. Inputs x, w, b,
/// then shortcut and s where present; s is <c>[]</c> or <c>[C]</c>.
/// </summary>
/// <param name="convolution">The convolution.</param>
/// <param name="shortcut">Whether a shortcut is added.</param>
/// <param name="scaled">Whether it is multiplied by s.</param>
/// <param name="relu">Whether act is ReLU.</param>
internal sealed class FoldedConvOp(Conv2dOp convolution, bool shortcut, bool scaled, bool relu) : BackwardOp
{
    public Conv2dOp Convolution { get; } = convolution;

    public bool Shortcut { get; } = shortcut;

    public bool Scaled { get; } = scaled;

    public bool Relu { get; } = relu;

    public override Locality Locality => Locality.Item;

    public override Shape[] InferShapes(ReadOnlySpan<Shape> inputs)
    {
        Shape[] y = Convolution.InferShapes(inputs[..2]);
        Require.PerChannel(Name, y[0], inputs[2]);
        if (Shortcut)
        {
            Require.Equal(Name, y[0], inputs[3]);
        }

        if (Scaled)
        {
            Require.Coefficient(Name, y[0], inputs[4]);
        }

        return y;
    }

    public override void Evaluate<T>(Operands<T> v)
    {
        Convolution.Evaluate(v);
        int channels = v.OutShape(0).Channels, pixels = v.OutShape(0).ItemCount / channels;
        ReadOnlySpan<T> b = v.In(2), x = Shortcut ? v.In(3) : default;
        ReadOnlySpan<T> s = Scaled ? v.In(4) : [T.One];
        Span<T> y = v.Out(0);
        for (int i = 0; i < y.Length; i++)
        {
            int c = i / pixels % channels;
            T value = y[i] + b[c] + (Shortcut ? s[s.Length == 1 ? 0 : c] * x[i] : T.Zero);
            y[i] = Relu && value < T.Zero ? T.Zero : value;
        }
    }

    public override string ToString() =>
        $"Folded {Convolution}{(Shortcut ? Scaled ? " + s shortcut" : " + shortcut" : "")}{(Relu ? " relu" : "")}";
}
