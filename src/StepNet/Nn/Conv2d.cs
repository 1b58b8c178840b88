using StepNet.Graph;

namespace StepNet.Nn;

/// <summary>2-D convolution without bias; batch norm's shift, or none, follows it in the networks here.</summary>
public sealed class Conv2d : Module
{
    private readonly int _stride;
    private readonly Padding _padding;

    /// <summary>A convolution of square windows, <c>[N, in, H, W]</c> to <c>[N, out, H', W']</c>, <c>H' = floor((H + zeros - kernel) / stride) + 1</c>.</summary>
    /// <param name="inChannels">Channels read, at least 1.</param>
    /// <param name="outChannels">Channels written, at least 1.</param>
    /// <param name="kernel">Height and width of the window, at least 1.</param>
    /// <param name="stride">Step of the window, at least 1.</param>
    /// <param name="padding">Zeros around the image; <c>(kernel - 1) / 2</c> on every side where null.</param>
    /// <param name="weight">How the weights start; He normal where null.</param>
    public Conv2d(
        int inChannels, int outChannels, int kernel, int stride = 1, Padding? padding = null, Initializer? weight = null)
    {
        _stride = stride;
        _padding = padding ?? Padding.All((kernel - 1) / 2);
        Weight = Parameter("weight", Shape.Of(outChannels, inChannels, kernel, kernel), weight ?? Initializers.HeNormal);
    }

    /// <summary>Weights, <c>[out, in, kernel, kernel]</c>.</summary>
    public Parameter Weight { get; }

    /// <inheritdoc/>
    protected override Tensor Forward(Tensor x) => Ops.Conv2d(x, x.Graph.Read(Weight), _stride, _padding, "", 0);
}
