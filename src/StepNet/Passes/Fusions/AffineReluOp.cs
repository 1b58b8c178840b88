using StepNet.Graph;

namespace StepNet.Passes;

/// <summary><c>y = max(a[c] x + b[c], 0)</c>.</summary>
internal sealed class AffineReluOp : BackwardOp
{
    public override Locality Locality => Locality.Item;

    public override Shape[] InferShapes(ReadOnlySpan<Shape> inputs) => [inputs[0]];

    public override void Evaluate<T>(Operands<T> v)
    {
        int pixels = v.InShape(0).ItemCount / v.InShape(0).Channels, channels = v.InShape(0).Channels;
        Span<T> y = v.Out(0);
        for (int i = 0; i < y.Length; i++)
        {
            int c = i / pixels % channels;
            T value = (v.In(1)[c] * v.In(0)[i]) + v.In(2)[c];
            y[i] = value < T.Zero ? T.Zero : value;
        }
    }
}
