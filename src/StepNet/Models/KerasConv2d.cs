using StepNet.Graph;
using StepNet.Nn;

namespace StepNet.Models;

/// <summary>A convolution with Keras's habits: Glorot-uniform weights, a bias that starts at 0, padding 'same'.</summary>
internal sealed class KerasConv2d : Module
{
    private readonly int _kernel;
    private readonly int _stride;
    private readonly Padding? _padding;
    private readonly Parameter _weight;
    private readonly Parameter _bias;

    /// <summary>A convolution of square windows.</summary>
    /// <param name="inChannels">Channels read.</param>
    /// <param name="outChannels">Channels written.</param>
    /// <param name="kernel">Height and width of the window.</param>
    /// <param name="stride">Step of the window.</param>
    /// <param name="padding">Zeros around the image; 'same' where null.</param>
    public KerasConv2d(int inChannels, int outChannels, int kernel, int stride = 1, Padding? padding = null)
    {
        (_kernel, _stride, _padding) = (kernel, stride, padding);
        _weight = Parameter("weight", Shape.Of(outChannels, inChannels, kernel, kernel), Initializers.XavierUniform);
        _bias = Parameter("bias", Shape.Of(outChannels), Initializers.Constant(0), ParameterKind.Bias);
    }

    protected override Tensor Forward(Tensor x)
    {
        Padding padding = _padding ?? Padding.Same(x.Shape, _kernel, _stride);
        return Ops.ChannelBias(
            Ops.Conv2d(x, x.Graph.Read(_weight), _stride, padding, "", 0), x.Graph.Read(_bias), "", 0);
    }
}
