namespace StepNet.Graph;

/// <summary>Mean and biased variance of all values of a batch: <c>[N, ...]</c> to two numbers. It observes, so it has no gradient.</summary>
internal sealed class MomentsOp : BackwardOp
{
    public override Locality Locality => Locality.Reduction;

    public override Shape[] InferShapes(ReadOnlySpan<Shape> inputs) => [Shape.Scalar, Shape.Scalar];

    public override void Evaluate<T>(Operands<T> v)
    {
        (double sum, double squares) = (0, 0);
        foreach (T value in v.In(0))
        {
            sum += double.CreateTruncating(value);
        }

        double mean = sum / v.In(0).Length;
        foreach (T value in v.In(0))
        {
            double difference = double.CreateTruncating(value) - mean;
            squares += difference * difference;
        }

        v.Out(0)[0] = T.CreateTruncating(mean);
        v.Out(1)[0] = T.CreateTruncating(squares / v.In(0).Length);
    }
}

/// <summary>The same from the mean and variance of every channel, <c>[C]</c> each, where a batch norm has them anyway.</summary>
internal sealed class MomentsOfChannelsOp : BackwardOp
{
    public override Locality Locality => Locality.Unbatched;

    public override Shape[] InferShapes(ReadOnlySpan<Shape> inputs)
    {
        Require.Equal(Name, inputs[0], inputs[1]);
        return [Shape.Scalar, Shape.Scalar];
    }

    public override void Evaluate<T>(Operands<T> v)
    {
        ReadOnlySpan<T> means = v.In(0), variances = v.In(1);
        (double mean, double variance) = (0, 0);
        foreach (T value in means)
        {
            mean += double.CreateTruncating(value) / means.Length;
        }

        // Variance of a mixture: the mean of the variances plus the variance of the means.
        for (int c = 0; c < means.Length; c++)
        {
            double difference = double.CreateTruncating(means[c]) - mean;
            variance += (double.CreateTruncating(variances[c]) + (difference * difference)) / means.Length;
        }

        v.Out(0)[0] = T.CreateTruncating(mean);
        v.Out(1)[0] = T.CreateTruncating(variance);
    }
}
