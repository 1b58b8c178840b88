namespace StepNet.Graph;

/// <summary>
/// <c>y = x</c>, not before the second input is there: what is computed from y is computed then. Only the order depends on that
/// input; its numbers are not read.
/// </summary>
internal sealed class RecallOp : BackwardOp
{
    public override Locality Locality => Locality.Item;

    public override Shape[] InferShapes(ReadOnlySpan<Shape> inputs) => [inputs[0]];

    public override void Evaluate<T>(Operands<T> v) => v.In(0).CopyTo(v.Out(0));
}
