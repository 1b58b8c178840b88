using StepNet.Graph;

namespace StepNet.Nn;

/// <summary>Largest value of each window, over images <c>[N, C, H, W]</c> or sequences <c>[N, C, L]</c>.</summary>
/// <param name="kernel">Height and width of the window; its length over sequences.</param>
/// <param name="stride">Step of the window; the kernel where null, so that windows lie side by side.</param>
/// <param name="padding">Places around the image that count as minus infinity; less than the window.</param>
public sealed class MaxPool(int kernel, int? stride = null, Padding padding = default) : Module
{
    /// <inheritdoc/>
    protected override Tensor Forward(Tensor x) => Ops.MaxPool(x, kernel, stride ?? kernel, padding);
}
