using StepNet.Graph;

namespace StepNet.Passes;

/// <summary><c>y = x</c>, in memory of its own.</summary>
internal sealed class CopyOp : BackwardOp
{
    public override Locality Locality => Locality.Unbatched;

    public override Shape[] InferShapes(ReadOnlySpan<Shape> inputs) => [inputs[0]];

    public override void Evaluate<T>(Operands<T> v) => v.In(0).CopyTo(v.Out(0));
}
