using StepNet.Graph;

namespace StepNet.Passes;

/// <summary><c>y = x m[n]</c>, m the draw of a mask of whole items.</summary>
internal sealed class MaskItemsOp(RandomMaskOp mask) : BackwardOp
{
    public RandomMaskOp Mask { get; } = mask;

    public override Locality Locality => Locality.Item;

    public override Shape[] InferShapes(ReadOnlySpan<Shape> inputs) => [inputs[0]];

    public override void Evaluate<T>(Operands<T> v)
    {
        int count = v.InShape(0).ItemCount;
        ReadOnlySpan<T> x = v.In(0);
        for (int i = 0; i < x.Length; i++)
        {
            v.Out(0)[i] = x[i] * Mask.Draw<T>(Mask.Stream(v.Random), v.FirstItem + (i / count));
        }
    }

    public override string ToString() => $"MaskItems by {Mask}";
}
