using StepNet.Graph;
using StepNet.Nn;

namespace StepNet.Optim;

/// <summary>RMSprop (Hinton 2012, lecture 6e), as PyTorch defines it: not centred, epsilon outside the root.</summary>
/// <param name="beta2">Decay of the mean square, in [0, 1): PyTorch's alpha.</param>
/// <param name="epsilon">Above 0.</param>
/// <param name="momentum">In [0, 1); 0 needs no memory.</param>
/// <param name="weightDecay">L2 penalty's factor, at least 0; not applied to s and h.</param>
public sealed class RmsProp(double beta2 = 0.99, double epsilon = 1e-8, double momentum = 0, double weightDecay = 0) : Optimizer
{
    private readonly double _beta2 = Settings.Share(beta2);
    private readonly double _epsilon = Settings.Positive(epsilon);
    private readonly double _momentum = Settings.Share(momentum);
    private readonly double _weightDecay = Settings.NotNegative(weightDecay);

    /// <inheritdoc/>
    protected override void AddUpdate(ComputationGraph graph, Parameter parameter, Tensor gradient) => AddUpdate(
        graph,
        new RmsPropUpdateOp(_beta2, _epsilon, _momentum, Decays(parameter) ? _weightDecay : 0),
        parameter,
        gradient,
        _momentum > 0 ? ["mean_square", "momentum"] : ["mean_square"]);
}
