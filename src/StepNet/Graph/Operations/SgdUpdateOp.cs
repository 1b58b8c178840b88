using System.Globalization;

namespace StepNet.Graph;

/// <summary>
/// One step of stochastic gradient descent: <c>v' = momentum v + g</c>, <c>p' = p - lr v'</c>; Nesterov's form takes
/// <c>g + momentum v'</c> in the place of v'.
/// </summary>
/// <remarks>Inputs p, g, v, lr; outputs p', v'. PyTorch's form: the learning rate is outside the velocity.</remarks>
internal sealed class SgdUpdateOp(double momentum, double weightDecay, bool nesterov = false) : UpdateOp(1, weightDecay)
{
    public double Momentum { get; } = momentum;

    public bool Nesterov { get; } = nesterov;

    protected override string Settings =>
        string.Create(CultureInfo.InvariantCulture, $"{(Nesterov ? "nesterov " : "")}momentum {Momentum}");

    public override void Evaluate<T>(Operands<T> v)
    {
        ReadOnlySpan<T> p = v.In(0), velocity = v.In(2);
        Terms<T> g = GradientsOf(v);
        T lr = v.In(RateInput)[0], momentum = T.CreateTruncating(Momentum);
        for (int i = 0; i < p.Length; i++)
        {
            T next = (momentum * velocity[i]) + g[i];
            v.Out(1)[i] = next;
            v.Out(0)[i] = p[i] - (lr * (Nesterov ? g[i] + (momentum * next) : next));
        }
    }
}
