namespace StepNet.Graph;

/// <summary>Euclidean norm and mean absolute value of a parameter, summed up in double. It observes, so it has no gradient.</summary>
internal sealed class WeightMagnitudesOp : BackwardOp
{
    public override Locality Locality => Locality.Unbatched;

    public override Shape[] InferShapes(ReadOnlySpan<Shape> inputs) => [Shape.Scalar, Shape.Scalar];

    public override void Evaluate<T>(Operands<T> v)
    {
        (double squares, double magnitudes) = (0, 0);
        foreach (T value in v.In(0))
        {
            double number = double.CreateTruncating(value);
            squares += number * number;
            magnitudes += Math.Abs(number);
        }

        v.Out(0)[0] = T.CreateTruncating(Math.Sqrt(squares));
        v.Out(1)[0] = T.CreateTruncating(magnitudes / v.In(0).Length);
    }
}

/// <summary>Mean of a coefficient's numbers: its only one, or those of the channels.</summary>
internal sealed class AverageOp : BackwardOp
{
    public override Locality Locality => Locality.Unbatched;

    public override Shape[] InferShapes(ReadOnlySpan<Shape> inputs) => [Shape.Scalar];

    public override void Evaluate<T>(Operands<T> v)
    {
        double sum = 0;
        foreach (T value in v.In(0))
        {
            sum += double.CreateTruncating(value);
        }

        v.Out(0)[0] = T.CreateTruncating(sum / v.In(0).Length);
    }
}
