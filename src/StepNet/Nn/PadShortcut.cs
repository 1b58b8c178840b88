using StepNet.Graph;

namespace StepNet.Nn;

/// <summary>He's option A: a shortcut without parameters, strided and filled up with zero channels.</summary>
/// <param name="stride">Keeps every stride-th pixel.</param>
/// <param name="outChannels">Channels afterwards.</param>
public sealed class PadShortcut(int stride, int outChannels) : Module
{
    /// <inheritdoc/>
    protected override Tensor Forward(Tensor x) => Ops.PadShortcut(x, stride, outChannels, "", 0);
}
