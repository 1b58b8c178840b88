using StepNet.Graph;

namespace StepNet.Nn;

/// <summary>1-D convolution over sequences <c>[N, C, L]</c>, without bias.</summary>
public sealed class Conv1d : Module
{
    private readonly int _stride;
    private readonly Padding _padding;

    /// <summary>A convolution of windows of <paramref name="kernel"/> places.</summary>
    /// <param name="inChannels">Channels read.</param>
    /// <param name="outChannels">Channels written.</param>
    /// <param name="kernel">Length of the window.</param>
    /// <param name="stride">Step of the window.</param>
    /// <param name="padding">Zeros before and behind; <c>(kernel - 1) / 2</c> on both sides where null.</param>
    public Conv1d(int inChannels, int outChannels, int kernel, int stride = 1, Padding? padding = null)
    {
        _stride = stride;
        _padding = padding ?? Padding.Along((kernel - 1) / 2, (kernel - 1) / 2);
        Weight = Parameter("weight", Shape.Of(outChannels, inChannels, kernel), Initializers.HeNormal);
    }

    /// <summary>Weights, <c>[out, in, kernel]</c>.</summary>
    public Parameter Weight { get; }

    /// <inheritdoc/>
    protected override Tensor Forward(Tensor x) => Ops.Conv1d(x, x.Graph.Read(Weight), _stride, _padding);
}
