using StepNet.Graph;

namespace StepNet.Nn;

/// <summary>Linear layer <c>y = x W^T + b</c>.</summary>
public sealed class Linear : Module
{
    /// <summary>A layer from <paramref name="inFeatures"/> to <paramref name="outFeatures"/> numbers.</summary>
    public Linear(int inFeatures, int outFeatures)
    {
        double bound = 1 / Math.Sqrt(inFeatures);
        Weight = Parameter("weight", Shape.Of(outFeatures, inFeatures), Initializers.LinearUniform);
        Bias = Parameter("bias", Shape.Of(outFeatures), (values, _, random) =>
        {
            foreach (ref float value in values)
            {
                value = (float)random.NextUniform(-bound, bound);
            }
        });
    }

    /// <summary>Weights, <c>[out, in]</c>.</summary>
    public Parameter Weight { get; }

    /// <summary>Bias, <c>[out]</c>.</summary>
    public Parameter Bias { get; }

    /// <inheritdoc/>
    protected override Tensor Forward(Tensor x) =>
        Ops.ChannelBias(Ops.Linear(x, x.Graph.Read(Weight), "", 0), x.Graph.Read(Bias), "", 0);
}
