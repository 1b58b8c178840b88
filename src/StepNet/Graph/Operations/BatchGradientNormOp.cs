namespace StepNet.Graph;

/// <summary><c>||x||</c> over the whole batch: of the gradient of a loss to a value with a batch.</summary>
internal sealed class BatchGradientNormOp : BackwardOp
{
    public override Locality Locality => Locality.Reduction;

    public override Shape[] InferShapes(ReadOnlySpan<Shape> inputs) => [Shape.Scalar];

    public override void Evaluate<T>(Operands<T> v)
    {
        double sum = 0;
        foreach (T value in v.In(0))
        {
            sum += double.CreateTruncating(value) * double.CreateTruncating(value);
        }

        v.Out(0)[0] = T.CreateTruncating(Math.Sqrt(sum));
    }
}
