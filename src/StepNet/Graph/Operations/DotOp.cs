namespace StepNet.Graph;

/// <summary>Sum of all products: <c>&lt;a, b&gt;</c>.</summary>
internal sealed class DotOp : BackwardOp
{
    public override Locality Locality => Locality.Reduction;

    public override Shape[] InferShapes(ReadOnlySpan<Shape> inputs)
    {
        Require.Equal(Name, inputs[0], inputs[1]);
        return [Shape.Scalar];
    }

    public override void Evaluate<T>(Operands<T> v)
    {
        ReadOnlySpan<T> a = v.In(0), b = v.In(1);
        double sum = 0;
        for (int i = 0; i < a.Length; i++)
        {
            sum += double.CreateTruncating(a[i]) * double.CreateTruncating(b[i]);
        }

        v.Out(0)[0] = T.CreateTruncating(sum);
    }
}
