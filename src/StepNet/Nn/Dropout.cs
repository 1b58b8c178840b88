using StepNet.Graph;

namespace StepNet.Nn;

/// <summary>Dropout (Srivastava et al. 2014): in training each element is zero with probability <c>rate</c>, else scaled up.</summary>
/// <param name="rate">Probability of a zero, in [0, 1).</param>
public sealed class Dropout(double rate) : Module
{
    /// <inheritdoc/>
    protected override Tensor Forward(Tensor x) =>
        x.Graph.Training && rate > 0 ? Ops.Multiply(x, Ops.RandomMask(x, 1 - rate)) : x;
}
