using StepNet.Graph;

namespace StepNet.Nn;

/// <summary>Mean of each window, over images <c>[N, C, H, W]</c> or sequences <c>[N, C, L]</c>; padded zeros count.</summary>
/// <param name="kernel">Height and width of the window; its length over sequences.</param>
/// <param name="stride">Step of the window; the kernel where null, so that windows lie side by side.</param>
/// <param name="padding">Zeros around the image; less than the window.</param>
public sealed class AveragePool(int kernel, int? stride = null, Padding padding = default) : Module
{
    /// <inheritdoc/>
    protected override Tensor Forward(Tensor x) => Ops.AveragePool(x, kernel, stride ?? kernel, padding);
}
