namespace StepNet.Nn;

/// <summary>
/// Spectral norms of the Jacobians of one block <c>y = act(s P(x) + h F(x))</c>, the largest over the items of a batch; by power
/// iteration, hence from below.
/// </summary>
/// <param name="Block">Path of the block: <c>layer1.0</c>.</param>
/// <param name="Skip">Magnitude of s, the largest where each channel has its own.</param>
/// <param name="Step">Magnitude of h, likewise.</param>
/// <param name="Branch"><c>||dF/dx||</c>, the W of the bounds; with stochastic depth of what the sum takes, F over its probability to stay.</param>
/// <param name="Shortcut"><c>||dP/dx||</c>; 1 for the identity.</param>
/// <param name="Whole"><c>||dy/dx||</c>, the activation included.</param>
public sealed record BlockJacobian(string Block, double Skip, double Step, double Branch, double Shortcut, double Whole)
{
    /// <summary>What the product form allows <see cref="Whole"/>: <c>|s| ||dP/dx|| + |h| ||dF/dx||</c>.</summary>
    public double Bound => (Skip * Shortcut) + (Step * Branch);
}
