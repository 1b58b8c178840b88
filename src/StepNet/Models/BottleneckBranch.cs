using System.Globalization;
using StepNet.Graph;
using StepNet.Nn;

namespace StepNet.Models;

/// <summary>
/// The branch F of the deeper ResNets (He et al. 2016): a 1x1 convolution to a quarter of the channels, 3x3, 1x1 to all of them, each
/// with its norm, ReLU between them.
/// </summary>
internal sealed class BottleneckBranch : Module
{
    private readonly Module[] _convs;
    private readonly Module[] _norms;

    /// <summary>A branch of any three convolutions.</summary>
    /// <param name="convs">Named <c>conv1</c> to <c>conv3</c>.</param>
    /// <param name="norms">Behind each convolution, named <c>bn1</c> to <c>bn3</c>.</param>
    public BottleneckBranch(Module[] convs, Module[] norms)
    {
        (_convs, _norms) = (convs, norms);
        for (int i = 0; i < convs.Length; i++)
        {
            string number = (i + 1).ToString(CultureInfo.InvariantCulture);
            Child("conv" + number, convs[i]);
            Child("bn" + number, norms[i]);
        }
    }

    protected override Tensor Forward(Tensor x)
    {
        x = Ops.Relu(_norms[0].Apply(_convs[0].Apply(x)));
        x = Ops.Relu(_norms[1].Apply(_convs[1].Apply(x)));
        return _norms[2].Apply(_convs[2].Apply(x));
    }
}
