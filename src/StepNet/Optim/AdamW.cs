using StepNet.Graph;
using StepNet.Nn;

namespace StepNet.Optim;

/// <summary>ADAM with decoupled weight decay (Loshchilov and Hutter 2019): weights shrink by <c>lr decay</c>, beside the moments.</summary>
/// <param name="beta1">Decay of the first moment, in [0, 1).</param>
/// <param name="beta2">Decay of the second moment, in [0, 1).</param>
/// <param name="epsilon">Above 0.</param>
/// <param name="weightDecay">Factor of the decay, at least 0; not applied to s and h.</param>
public sealed class AdamW(double beta1 = 0.9, double beta2 = 0.999, double epsilon = 1e-8, double weightDecay = 0.01) : Optimizer
{
    private readonly double _beta1 = Settings.Share(beta1);
    private readonly double _beta2 = Settings.Share(beta2);
    private readonly double _epsilon = Settings.Positive(epsilon);
    private readonly double _weightDecay = Settings.NotNegative(weightDecay);

    /// <inheritdoc/>
    protected override void AddUpdate(ComputationGraph graph, Parameter parameter, Tensor gradient) => AddUpdate(
        graph,
        new AdamUpdateOp(_beta1, _beta2, _epsilon, weightDecay: 0, shrink: Decays(parameter) ? _weightDecay : 0),
        parameter,
        gradient,
        ["first_moment", "second_moment"],
        StepsDone(graph));
}
