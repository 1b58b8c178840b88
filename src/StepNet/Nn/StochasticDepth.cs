using StepNet.Graph;

namespace StepNet.Nn;

/// <summary>
/// Stochastic depth (Huang et al. 2016), at the end of a branch: in training each item's branch is dropped as a whole with
/// probability <c>rate</c>, else scaled by <c>1 / (1 - rate)</c>.
/// </summary>
public sealed class StochasticDepth : Module
{
    private readonly double _rate;

    /// <summary>A stochastic depth of the given rate.</summary>
    /// <param name="rate">Probability of a dropped item, in [0, 1).</param>
    public StochasticDepth(double rate) => _rate = rate is >= 0 and < 1
        ? rate : throw new ArgumentOutOfRangeException(nameof(rate), rate, "The rate of StochasticDepth lies in [0, 1).");

    /// <inheritdoc/>
    protected override Tensor Forward(Tensor x) =>
        IsTraining(x.Graph) && _rate > 0 ? Ops.Multiply(x, Ops.RandomMask(x, 1 - _rate, wholeItems: true)) : x;
}
