using StepNet.Graph;

namespace StepNet.Nn;

/// <summary>Group normalisation (Wu and He 2018): by each item's own statistics, in training as in prediction.</summary>
public sealed class GroupNorm : Module
{
    private readonly int _groups;
    private readonly double _epsilon;

    /// <summary>A group norm of <paramref name="channels"/> channels.</summary>
    /// <param name="groups">Groups of neighbouring channels; divides the channels. The paper's default is 32.</param>
    /// <param name="channels">Channels.</param>
    /// <param name="epsilon">Added to the variance.</param>
    public GroupNorm(int groups, int channels, double epsilon = 1e-5)
    {
        _groups = groups;
        _epsilon = epsilon;
        Weight = Parameter("weight", Shape.Of(channels), Initializers.Constant(1), ParameterKind.NormScale);
        Bias = Parameter("bias", Shape.Of(channels), Initializers.Constant(0), ParameterKind.Bias);
    }

    /// <summary>Gamma, <c>[C]</c>.</summary>
    public Parameter Weight { get; }

    /// <summary>Beta, <c>[C]</c>.</summary>
    public Parameter Bias { get; }

    /// <inheritdoc/>
    protected override Tensor Forward(Tensor x) =>
        Ops.GroupNorm(x, x.Graph.Read(Weight), x.Graph.Read(Bias), _groups, _epsilon);
}
