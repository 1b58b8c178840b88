using System.Globalization;
using StepNet.Graph;

namespace StepNet.Nn;

/// <summary>
/// Batch normalisation (Ioffe and Szegedy 2015): in training by the batch's own statistics, which also move the running
/// ones, once a step; in prediction, and where it is frozen, by the running ones.
/// </summary>
/// <remarks>
/// Inside a block that evaluates its branch several times (<see cref="Integrator"/>) gamma and beta are shared, and every
/// evaluation has running statistics of its own: <c>running_mean</c>, then <c>running_mean_2</c>, <c>running_mean_3</c>, ...
/// </remarks>
public sealed class BatchNorm2d : Module
{
    private readonly double _epsilon;
    private readonly double _momentum;
    private readonly List<(RunningState Mean, RunningState Var)> _statistics = [];

    /// <summary>
    /// A batch norm of <paramref name="channels"/> channels: of images <c>[N, C, H, W]</c>, and despite its name, which is PyTorch's, of
    /// sequences <c>[N, C, L]</c> and points <c>[N, C]</c> too.
    /// </summary>
    /// <param name="channels">Channels, at least 1.</param>
    /// <param name="epsilon">Added to the variance, at least 0.</param>
    /// <param name="momentum">Weight of the batch in the running statistics (PyTorch's sense), in [0, 1].</param>
    public BatchNorm2d(int channels, double epsilon = 1e-5, double momentum = 0.1)
    {
        _epsilon = epsilon;
        _momentum = momentum;
        Weight = Parameter("weight", Shape.Of(channels), Initializers.Constant(1), ParameterKind.NormScale);
        Bias = Parameter("bias", Shape.Of(channels), Initializers.Constant(0), ParameterKind.Bias);
        AddStatistics();
    }

    /// <summary>Gamma, <c>[C]</c>.</summary>
    public Parameter Weight { get; }

    /// <summary>Beta, <c>[C]</c>.</summary>
    public Parameter Bias { get; }

    /// <summary>Running mean of the first evaluation, <c>[C]</c>.</summary>
    public RunningState RunningMean => _statistics[0].Mean;

    /// <summary>Running unbiased variance of the first evaluation, <c>[C]</c>.</summary>
    public RunningState RunningVar => _statistics[0].Var;

    /// <summary>Gives every batch norm of a branch running statistics for each of <paramref name="count"/> evaluations in a trace.</summary>
    /// <param name="branch">Evaluated so often; what evaluates parts of it several times has prepared them.</param>
    /// <param name="count">Evaluations, at least 1.</param>
    internal static void PrepareEvaluations(Module branch, int count)
    {
        foreach (BatchNorm2d norm in branch.Modules.OfType<BatchNorm2d>().Distinct())
        {
            int all = norm._statistics.Count * count;
            while (norm._statistics.Count < all)
            {
                norm.AddStatistics();
            }
        }
    }

    /// <inheritdoc/>
    protected override Tensor Forward(Tensor x)
    {
        ComputationGraph graph = x.Graph;
        if (graph.Evaluation >= _statistics.Count)
        {
            throw new InvalidOperationException(
                $"'{Path}': evaluation {graph.Evaluation + 1} of a batch norm with statistics for {_statistics.Count}. Give the norm to its "
                + "branch as a part, so that the block around it finds it.");
        }

        (RunningState runningMeanState, RunningState runningVarState) = _statistics[graph.Evaluation];
        (Tensor mean, Tensor variance) = (graph.Read(runningMeanState), graph.Read(runningVarState));
        if (IsTraining(graph))
        {
            (Tensor runningMean, Tensor runningVar) = (mean, variance);
            (mean, variance) = Ops.ChannelStatistics(x, "", 0);
            int pixels = x.Shape.ItemCount / x.Shape.Channels;
            graph.Update(runningMeanState, graph.Add(new RunningAverageOp(_momentum, pixels, unbiased: false), [runningMean, mean]));
            graph.Update(runningVarState, graph.Add(new RunningAverageOp(_momentum, pixels, unbiased: true), [runningVar, variance]));
        }

        (Tensor a, Tensor b) = Ops.NormCoefficients(mean, variance, graph.Read(Weight), graph.Read(Bias), _epsilon, "", 0);
        return Ops.ChannelAffine(x, a, b, "", 0);
    }

    private void AddStatistics()
    {
        string number = _statistics.Count == 0 ? "" : "_" + (_statistics.Count + 1).ToString(CultureInfo.InvariantCulture);
        _statistics.Add((RunningState("running_mean" + number, Weight.Shape, 0), RunningState("running_var" + number, Weight.Shape, 1)));
    }
}
