using StepNet.Graph;

namespace StepNet.Nn;

/// <summary>Mean over all pixels, <c>[N, C, H, W]</c> to <c>[N, C]</c>: the step from images to a <see cref="Linear"/>.</summary>
public sealed class GlobalAveragePool : Module
{
    /// <inheritdoc/>
    protected override Tensor Forward(Tensor x) => Ops.GlobalAveragePool(x, "", 0);
}
