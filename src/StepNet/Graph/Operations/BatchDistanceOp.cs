namespace StepNet.Graph;

/// <summary>
/// <c>sqrt(mean over the items of ||y - x||²)</c> of two batches of one shape: how far a block moves an item, root mean square over
/// the batch. It observes, so it has no gradient.
/// </summary>
internal sealed class BatchDistanceOp : BackwardOp
{
    public override Locality Locality => Locality.Reduction;

    public override Shape[] InferShapes(ReadOnlySpan<Shape> inputs)
    {
        Require.Equal(Name, inputs[0], inputs[1]);
        return [Shape.Scalar];
    }

    public override void Evaluate<T>(Operands<T> v)
    {
        ReadOnlySpan<T> x = v.In(0), y = v.In(1);
        double sum = 0;
        for (int i = 0; i < x.Length; i++)
        {
            double difference = double.CreateTruncating(y[i] - x[i]);
            sum += difference * difference;
        }

        v.Out(0)[0] = T.CreateTruncating(Math.Sqrt(sum / v.N));
    }
}
