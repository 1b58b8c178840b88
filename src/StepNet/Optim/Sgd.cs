using StepNet.Graph;
using StepNet.Nn;

namespace StepNet.Optim;

/// <summary>Stochastic gradient descent with momentum, as PyTorch defines it.</summary>
/// <param name="momentum">In [0, 1).</param>
/// <param name="weightDecay">L2 penalty's factor, at least 0; not applied to s and h.</param>
/// <param name="nesterov">Whether the gradient counts as if taken one momentum ahead (Sutskever et al. 2013); needs momentum.</param>
public sealed class Sgd(double momentum = 0.9, double weightDecay = 0, bool nesterov = false) : Optimizer
{
    private readonly double _momentum = !nesterov || momentum > 0 ? Settings.Share(momentum)
        : throw new ArgumentException("Nesterov's form needs a momentum above 0.", nameof(momentum));

    private readonly double _weightDecay = Settings.NotNegative(weightDecay);

    /// <inheritdoc/>
    protected override void AddUpdate(ComputationGraph graph, Parameter parameter, Tensor gradient) => AddUpdate(
        graph, new SgdUpdateOp(_momentum, Decays(parameter) ? _weightDecay : 0, nesterov), parameter, gradient, ["momentum"]);
}
