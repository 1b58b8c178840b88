using StepNet.Graph;

namespace StepNet.Nn;

/// <summary>Linear layer <c>y = x W^T + b</c>.</summary>
public sealed class Linear : Module
{
    /// <summary>A layer from <paramref name="inFeatures"/> to <paramref name="outFeatures"/> numbers, <c>[N, in]</c> to <c>[N, out]</c>.</summary>
    /// <param name="inFeatures">Numbers read, at least 1.</param>
    /// <param name="outFeatures">Numbers written, at least 1.</param>
    /// <param name="weight">How the weights start; PyTorch's uniform where null.</param>
    /// <param name="bias">How the bias starts; PyTorch's uniform where null.</param>
    public Linear(int inFeatures, int outFeatures, Initializer? weight = null, Initializer? bias = null)
    {
        double bound = 1 / Math.Sqrt(inFeatures);
        Weight = Parameter("weight", Shape.Of(outFeatures, inFeatures), weight ?? Initializers.LinearUniform);
        Bias = Parameter("bias", Shape.Of(outFeatures), bias ?? ((values, _, random) =>
        {
            foreach (ref float value in values)
            {
                value = (float)random.NextUniform(-bound, bound);
            }
        }), ParameterKind.Bias);
    }

    /// <summary>Weights, <c>[out, in]</c>.</summary>
    public Parameter Weight { get; }

    /// <summary>Bias, <c>[out]</c>.</summary>
    public Parameter Bias { get; }

    /// <inheritdoc/>
    protected override Tensor Forward(Tensor x) =>
        Ops.ChannelBias(Ops.Linear(x, x.Graph.Read(Weight), "", 0), x.Graph.Read(Bias), "", 0);
}
