using StepNet.Graph;
using StepNet.Nn;

namespace StepNet.Optim;

/// <summary>ADAM (Kingma and Ba 2015), as PyTorch defines it: epsilon is added to the corrected root.</summary>
/// <param name="beta1">Decay of the first moment, in [0, 1).</param>
/// <param name="beta2">Decay of the second moment, in [0, 1).</param>
/// <param name="epsilon">Above 0; Keras's is 1e-7.</param>
/// <param name="weightDecay">L2 penalty's factor, at least 0; not applied to s and h. See <see cref="AdamW"/> for decay beside the moments.</param>
public sealed class Adam(double beta1 = 0.9, double beta2 = 0.999, double epsilon = 1e-8, double weightDecay = 0) : Optimizer
{
    private readonly double _beta1 = Settings.Share(beta1);
    private readonly double _beta2 = Settings.Share(beta2);
    private readonly double _epsilon = Settings.Positive(epsilon);
    private readonly double _weightDecay = Settings.NotNegative(weightDecay);

    /// <inheritdoc/>
    protected override void AddUpdate(ComputationGraph graph, Parameter parameter, Tensor gradient) => AddUpdate(
        graph,
        new AdamUpdateOp(_beta1, _beta2, _epsilon, Decays(parameter) ? _weightDecay : 0, shrink: 0),
        parameter,
        gradient,
        ["first_moment", "second_moment"],
        StepsDone(graph));
}
