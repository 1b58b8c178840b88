namespace StepNet.Graph;

/// <summary>The loss where it and every gradient are finite, otherwise NaN or infinite: what guards the update of a step.</summary>
/// <remarks>
/// Inputs: the loss, then <paramref name="gradients"/> gradients. <c>0 g</c> is 0 for every finite g and NaN for all others, so
/// no large but finite gradient is taken for a bad one, as a sum of squares would.
/// </remarks>
internal sealed class FiniteGuardOp(int gradients) : BackwardOp
{
    public override Locality Locality => Locality.Unbatched;

    public override Shape[] InferShapes(ReadOnlySpan<Shape> inputs)
    {
        Require.Scalar(Name, inputs[0]);
        return [Shape.Scalar];
    }

    public override void Evaluate<T>(Operands<T> v)
    {
        T sum = v.In(0)[0];
        for (int i = 1; i <= gradients; i++)
        {
            foreach (T g in v.In(i))
            {
                sum += T.Zero * g;
            }
        }

        v.Out(0)[0] = sum;
    }
}
