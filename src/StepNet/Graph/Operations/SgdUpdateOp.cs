using System.Globalization;

namespace StepNet.Graph;

/// <summary>
/// One update of stochastic gradient descent: <c>v' = momentum v + (g + decay p)</c>, <c>p' = p - lr v'</c>.
/// </summary>
/// <remarks>Inputs p, g, v, lr; outputs p', v'. PyTorch's form: the learning rate is outside the velocity.</remarks>
internal sealed class SgdUpdateOp(double momentum, double weightDecay) : Operation
{
    public double Momentum { get; } = momentum;

    public double WeightDecay { get; } = weightDecay;

    public override Locality Locality => Locality.Unbatched;

    public override Shape[] InferShapes(ReadOnlySpan<Shape> inputs)
    {
        Require.Equal(Name, inputs[0], inputs[1]);
        Require.Equal(Name, inputs[0], inputs[2]);
        Require.Scalar(Name, inputs[3]);
        return [inputs[0], inputs[0]];
    }

    public override Tensor?[] Gradient(Node node, Tensor?[] outputGradients) => [null, null, null, null];

    public override void Evaluate<T>(Operands<T> v)
    {
        ReadOnlySpan<T> p = v.In(0), g = v.In(1), velocity = v.In(2);
        T lr = v.In(3)[0], momentum = T.CreateTruncating(Momentum), decay = T.CreateTruncating(WeightDecay);
        for (int i = 0; i < p.Length; i++)
        {
            T next = (momentum * velocity[i]) + (g[i] + (decay * p[i]));
            v.Out(1)[i] = next;
            v.Out(0)[i] = p[i] - (lr * next);
        }
    }

    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"SgdUpdate momentum {Momentum}, weight decay {WeightDecay}");
}
