using System.Globalization;

namespace StepNet.Graph;

/// <summary>
/// One step of ADAM (Kingma and Ba 2015, algorithm 1), with PyTorch's place for epsilon. With t steps done,
/// <c>m' = beta1 m + (1 - beta1) g</c>, <c>v' = beta2 v + (1 - beta2) g²</c>,
/// <c>p' = p - lr shrink p - lr m' / (1 - beta1^(t+1)) / (sqrt(v' / (1 - beta2^(t+1))) + epsilon)</c>.
/// </summary>
/// <remarks>Inputs p, g, m, v, lr, t; outputs p', m', v'.</remarks>
/// <param name="beta1">Decay of the first moment.</param>
/// <param name="beta2">Decay of the second moment.</param>
/// <param name="epsilon">Added to the root.</param>
/// <param name="weightDecay">L2 penalty's factor: ADAM's decay.</param>
/// <param name="shrink">Decoupled decay: AdamW's (Loshchilov and Hutter 2019).</param>
internal sealed class AdamUpdateOp(double beta1, double beta2, double epsilon, double weightDecay, double shrink)
    : UpdateOp(2, weightDecay)
{
    public double Beta1 { get; } = beta1;

    public double Beta2 { get; } = beta2;

    public double Epsilon { get; } = epsilon;

    public double Shrink { get; } = shrink;

    protected override int Numbers => 2;

    protected override string Settings => string.Create(
        CultureInfo.InvariantCulture,
        $"beta {Beta1}, {Beta2}, epsilon {Epsilon}{(Shrink > 0 ? $", decoupled weight decay {Shrink}" : "")}");

    /// <summary>What brings the first moment and the second moment's root to full size after <paramref name="steps"/> steps.</summary>
    public (double First, double SecondRoot) Corrections(double steps) =>
        (1 / (1 - Math.Pow(Beta1, steps)), 1 / Math.Sqrt(1 - Math.Pow(Beta2, steps)));

    public override void Evaluate<T>(Operands<T> v)
    {
        ReadOnlySpan<T> p = v.In(0), m = v.In(2), s = v.In(3);
        Terms<T> g = GradientsOf(v);
        (double first, double secondRoot) = Corrections(double.CreateTruncating(v.In(RateInput + 1)[0]) + 1);
        T lr = v.In(RateInput)[0], rate = lr * T.CreateTruncating(first), scale = T.CreateTruncating(secondRoot);
        T beta1 = T.CreateTruncating(Beta1), rest1 = T.CreateTruncating(1 - Beta1);
        T beta2 = T.CreateTruncating(Beta2), rest2 = T.CreateTruncating(1 - Beta2);
        T epsilon = T.CreateTruncating(Epsilon), shrink = lr * T.CreateTruncating(Shrink);
        for (int i = 0; i < p.Length; i++)
        {
            T mean = (beta1 * m[i]) + (rest1 * g[i]), square = (beta2 * s[i]) + (rest2 * g[i] * g[i]);
            v.Out(1)[i] = mean;
            v.Out(2)[i] = square;
            v.Out(0)[i] = p[i] - (shrink * p[i]) - (rate * mean / ((scale * T.Sqrt(square)) + epsilon));
        }
    }
}
