using StepNet.Graph;

namespace StepNet.Passes;

/// <summary><c>sum over c of a[c] products[c] + b[c] sums[c]</c>: <c>&lt;d, a y + b&gt;</c> from the channel sums of d and d y.</summary>
internal sealed class DotFromSumsOp : BackwardOp
{
    public override Locality Locality => Locality.Unbatched;

    public override Shape[] InferShapes(ReadOnlySpan<Shape> inputs) => [Shape.Scalar];

    public override void Evaluate<T>(Operands<T> v)
    {
        ReadOnlySpan<T> sums = v.In(0), products = v.In(1), a = v.In(2), b = v.In(3);
        T total = T.Zero;
        for (int c = 0; c < sums.Length; c++)
        {
            total += (a[c] * products[c]) + (b[c] * sums[c]);
        }

        v.Out(0)[0] = total;
    }
}
