using StepNet.Graph;

namespace StepNet.Passes;

/// <summary>Weights <c>[out, ...]</c> with one factor an output channel, <c>[out]</c> or <c>[]</c>: <c>a[o] w[o, ...]</c>.</summary>
internal sealed class ScaleOutputsOp : BackwardOp
{
    public override Locality Locality => Locality.Unbatched;

    public override Shape[] InferShapes(ReadOnlySpan<Shape> inputs) => [inputs[0]];

    public override void Evaluate<T>(Operands<T> v)
    {
        ReadOnlySpan<T> w = v.In(0), a = v.In(1);
        int each = w.Length / v.InShape(0).Dims[0];
        for (int i = 0; i < w.Length; i++)
        {
            v.Out(0)[i] = a[a.Length == 1 ? 0 : i / each] * w[i];
        }
    }
}
