using System.Globalization;

namespace StepNet.Graph;

/// <summary>
/// One step of RMSprop (Hinton 2012, lecture 6e), as PyTorch defines it: <c>s' = beta2 s + (1 - beta2) g²</c>,
/// <c>d = g / (sqrt(s') + epsilon)</c>, <c>p' = p - lr d</c>; with momentum <c>v' = momentum v + d</c>, <c>p' = p - lr v'</c>.
/// </summary>
/// <remarks>Inputs p, g, s, v with momentum, lr; outputs p', s', v' with momentum.</remarks>
internal sealed class RmsPropUpdateOp(double beta2, double epsilon, double momentum, double weightDecay)
    : UpdateOp(momentum > 0 ? 2 : 1, weightDecay)
{
    public double Beta2 { get; } = beta2;

    public double Epsilon { get; } = epsilon;

    public double Momentum { get; } = momentum;

    protected override string Settings =>
        string.Create(CultureInfo.InvariantCulture, $"beta2 {Beta2}, epsilon {Epsilon}, momentum {Momentum}");

    public override void Evaluate<T>(Operands<T> v)
    {
        ReadOnlySpan<T> p = v.In(0), s = v.In(2);
        Terms<T> g = GradientsOf(v);
        T lr = v.In(RateInput)[0], momentum = T.CreateTruncating(Momentum), epsilon = T.CreateTruncating(Epsilon);
        T beta2 = T.CreateTruncating(Beta2), rest2 = T.CreateTruncating(1 - Beta2);
        for (int i = 0; i < p.Length; i++)
        {
            T square = (beta2 * s[i]) + (rest2 * g[i] * g[i]), direction = g[i] / (T.Sqrt(square) + epsilon);
            v.Out(1)[i] = square;
            if (States == 2)
            {
                v.Out(2)[i] = direction = (momentum * v.In(3)[i]) + direction;
            }

            v.Out(0)[i] = p[i] - (lr * direction);
        }
    }
}
