using StepNet.Graph;

namespace StepNet.Nn;

/// <summary>Dropout (Srivastava et al. 2014): in training each element is zero with probability <c>rate</c>, else scaled up.</summary>
public sealed class Dropout : Module
{
    private readonly double _rate;

    /// <summary>A dropout of the given rate.</summary>
    /// <param name="rate">Probability of a zero, in [0, 1).</param>
    public Dropout(double rate) => _rate = rate is >= 0 and < 1
        ? rate : throw new ArgumentOutOfRangeException(nameof(rate), rate, "The rate of Dropout lies in [0, 1).");

    /// <inheritdoc/>
    protected override Tensor Forward(Tensor x) =>
        IsTraining(x.Graph) && _rate > 0 ? Ops.Multiply(x, Ops.RandomMask(x, 1 - _rate)) : x;
}
