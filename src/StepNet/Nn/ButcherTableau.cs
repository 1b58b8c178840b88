namespace StepNet.Nn;

/// <summary>
/// The numbers of an explicit one-step method whose every evaluation starts from the one before:
/// <c>k_1 = F(x)</c>, <c>k_i = F(x + h a_i k_(i-1))</c>, and the step is <c>x + h (b_1 k_1 + ... + b_m k_m)</c> (Hairer, Nørsett
/// and Wanner, Solving Ordinary Differential Equations I, section II.1).
/// </summary>
public sealed class ButcherTableau
{
    private readonly double[] _points;
    private readonly double[] _weights;

    private ButcherTableau(int order, double[] points, double[] weights) => (Order, _points, _weights) = (order, points, weights);

    /// <summary>Power of h that the error after a fixed time falls with.</summary>
    public int Order { get; }

    /// <summary>Evaluations of F in a step, m.</summary>
    public int Evaluations => _weights.Length;

    /// <summary><c>a_1, ..., a_m</c>: how far along the step each evaluation lies, in units of h; the first is 0.</summary>
    public IReadOnlyList<double> Points => _points;

    /// <summary><c>b_1, ..., b_m</c>: weights of the evaluations, of sum 1.</summary>
    public IReadOnlyList<double> Weights => _weights;

    /// <summary>
    /// Coefficients of the stability polynomial <c>R(z)</c>, the constant first: on <c>x' = lambda x</c> a step multiplies x by
    /// <c>R(h lambda)</c>. For these methods it is the exponential series up to the order.
    /// </summary>
    public IReadOnlyList<double> StabilityPolynomial
    {
        get
        {
            double[] coefficients = new double[Evaluations + 1];
            coefficients[0] = 1;
            for (int i = 0; i < Evaluations; i++)
            {
                // h k_i = z x + a_i z (h k_(i-1)), so that power p + 1 has the product of the last p points.
                double product = 1;
                for (int power = 0; power <= i; power++)
                {
                    coefficients[power + 1] += _weights[i] * product;
                    product *= _points[i - power];
                }
            }

            return coefficients;
        }
    }

    /// <summary>The numbers of a method.</summary>
    public static ButcherTableau Of(Integrator method) => method switch
    {
        Integrator.Euler => new ButcherTableau(1, [0], [1]),
        Integrator.Midpoint => new ButcherTableau(2, [0, 0.5], [0, 1]),
        Integrator.Heun => new ButcherTableau(2, [0, 1], [0.5, 0.5]),
        Integrator.Rk4 => new ButcherTableau(4, [0, 0.5, 0.5, 1], [1.0 / 6, 1.0 / 3, 1.0 / 3, 1.0 / 6]),
        _ => throw new ArgumentOutOfRangeException(nameof(method), method, "No such method."),
    };

    /// <summary>One step of <c>x' = F(x)</c> on numbers.</summary>
    /// <param name="f">F, of the length of its argument.</param>
    /// <param name="x">Start of the step; it stays as it is.</param>
    /// <param name="h">Step.</param>
    /// <returns><c>x + h (b_1 k_1 + ... + b_m k_m)</c>.</returns>
    public double[] Step(Func<double[], double[]> f, double[] x, double h)
    {
        ArgumentNullException.ThrowIfNull(f);
        ArgumentNullException.ThrowIfNull(x);
        double[] k = [], next = [.. x];
        for (int i = 0; i < Evaluations; i++)
        {
            double reach = h * _points[i];
            double[] last = k;
            k = f(i == 0 ? x : [.. x.Select((value, d) => value + (reach * last[d]))]);
            for (int d = 0; d < next.Length; d++)
            {
                next[d] += h * _weights[i] * k[d];
            }
        }

        return next;
    }
}
