using StepNet.Graph;

namespace StepNet.Nn;

/// <summary>Largest value of every channel, <c>[N, C, H, W]</c> or <c>[N, C, L]</c> to <c>[N, C]</c>.</summary>
public sealed class GlobalMaxPool : Module
{
    /// <inheritdoc/>
    protected override Tensor Forward(Tensor x) => Ops.GlobalMaxPool(x);
}
