using StepNet.Graph;

namespace StepNet.Nn;

/// <summary>All numbers of an item side by side, channels first: <c>[N, C, H, W]</c> to <c>[N, C H W]</c>, for a <see cref="Linear"/>.</summary>
public sealed class Flatten : Module
{
    /// <inheritdoc/>
    protected override Tensor Forward(Tensor x) => Ops.Flatten(x);
}
