using System.Globalization;

namespace StepNet.Graph;

/// <summary>
/// <c>clamp(factor g, ±max value)</c> with <c>factor = min(1, max norm / (norm + 1e-6))</c>: a gradient clipped by the norm of all
/// gradients (Pascanu et al. 2013, algorithm 1), by value, or both in that order, as PyTorch does it.
/// </summary>
/// <remarks>Inputs g and, where clipped by it, the norm.</remarks>
/// <param name="maxNorm">Largest norm; infinity for any.</param>
/// <param name="maxValue">Largest absolute value; infinity for any.</param>
internal sealed class ClipGradientOp(double maxNorm, double maxValue) : BackwardOp
{
    // PyTorch's: keeps the quotient finite where all gradients are 0.
    private const double Guard = 1e-6;

    public double MaxNorm { get; } = maxNorm;

    public double MaxValue { get; } = maxValue;

    public bool ByNorm => double.IsFinite(MaxNorm);

    public override Locality Locality => Locality.Unbatched;

    /// <summary>What gradients of this norm are multiplied by; NaN for NaN.</summary>
    public double Factor(double norm) => Math.Min(1, MaxNorm / (norm + Guard));

    public override Shape[] InferShapes(ReadOnlySpan<Shape> inputs)
    {
        if (ByNorm)
        {
            Require.Scalar(Name, inputs[1]);
        }

        return [inputs[0]];
    }

    public override void Evaluate<T>(Operands<T> v)
    {
        T factor = T.CreateTruncating(ByNorm ? Factor(double.CreateTruncating(v.In(1)[0])) : 1), limit = T.CreateTruncating(MaxValue);
        for (int i = 0; i < v.Out(0).Length; i++)
        {
            v.Out(0)[i] = T.Clamp(factor * v.In(0)[i], -limit, limit);
        }
    }

    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"{Name}{(ByNorm ? $" norm {MaxNorm}" : "")}{(double.IsFinite(MaxValue) ? $" value {MaxValue}" : "")}");
}

/// <summary>Euclidean norm of all inputs together, summed up in double.</summary>
/// <param name="count">Number of inputs.</param>
internal sealed class GradientNormOp(int count) : BackwardOp
{
    public override Locality Locality => Locality.Unbatched;

    public override Shape[] InferShapes(ReadOnlySpan<Shape> inputs) => [Shape.Scalar];

    public override void Evaluate<T>(Operands<T> v)
    {
        double sum = 0;
        for (int i = 0; i < count; i++)
        {
            foreach (T value in v.In(i))
            {
                sum += double.CreateTruncating(value) * double.CreateTruncating(value);
            }
        }

        v.Out(0)[0] = T.CreateTruncating(Math.Sqrt(sum));
    }
}
