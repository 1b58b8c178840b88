using StepNet.Graph;

namespace StepNet.Nn;

/// <summary>
/// Batch normalisation (Ioffe and Szegedy 2015): in training by the batch's own statistics, which also move the running
/// ones, once a step; in prediction, and where it is frozen, by the running ones.
/// </summary>
public sealed class BatchNorm2d : Module
{
    private readonly double _epsilon;
    private readonly double _momentum;

    /// <summary>A batch norm of <paramref name="channels"/> channels.</summary>
    /// <param name="channels">Channels.</param>
    /// <param name="epsilon">Added to the variance.</param>
    /// <param name="momentum">Weight of the batch in the running statistics (PyTorch's sense).</param>
    public BatchNorm2d(int channels, double epsilon = 1e-5, double momentum = 0.1)
    {
        _epsilon = epsilon;
        _momentum = momentum;
        Weight = Parameter("weight", Shape.Of(channels), Initializers.Constant(1), ParameterKind.NormScale);
        Bias = Parameter("bias", Shape.Of(channels), Initializers.Constant(0), ParameterKind.Bias);
        RunningMean = RunningState("running_mean", Shape.Of(channels), 0);
        RunningVar = RunningState("running_var", Shape.Of(channels), 1);
    }

    /// <summary>Gamma, <c>[C]</c>.</summary>
    public Parameter Weight { get; }

    /// <summary>Beta, <c>[C]</c>.</summary>
    public Parameter Bias { get; }

    /// <summary>Running mean, <c>[C]</c>.</summary>
    public RunningState RunningMean { get; }

    /// <summary>Running unbiased variance, <c>[C]</c>.</summary>
    public RunningState RunningVar { get; }

    /// <inheritdoc/>
    protected override Tensor Forward(Tensor x)
    {
        ComputationGraph graph = x.Graph;
        (Tensor mean, Tensor variance) = (graph.Read(RunningMean), graph.Read(RunningVar));
        if (IsTraining(graph))
        {
            (Tensor runningMean, Tensor runningVar) = (mean, variance);
            (mean, variance) = Ops.ChannelStatistics(x, "", 0);
            int pixels = x.Shape.ItemCount / x.Shape.Channels;
            graph.Update(RunningMean, graph.Add(new RunningAverageOp(_momentum, pixels, unbiased: false), [runningMean, mean]));
            graph.Update(RunningVar, graph.Add(new RunningAverageOp(_momentum, pixels, unbiased: true), [runningVar, variance]));
        }

        (Tensor a, Tensor b) = Ops.NormCoefficients(mean, variance, graph.Read(Weight), graph.Read(Bias), _epsilon, "", 0);
        return Ops.ChannelAffine(x, a, b, "", 0);
    }
}
