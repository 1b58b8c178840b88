using StepNet.Graph;

namespace StepNet.Nn;

/// <summary>The k largest values of every channel, in the order of the sequence: <c>[N, C, L]</c> to <c>[N, C, k]</c>.</summary>
/// <param name="k">How many, from 1 to L.</param>
public sealed class KMaxPool(int k) : Module
{
    /// <inheritdoc/>
    protected override Tensor Forward(Tensor x) => Ops.KMaxPool(x, k);
}
