using StepNet.Graph;
using StepNet.Nn;

namespace StepNet.Models;

/// <summary>The branch F of the image ResNets: two 3x3 convolutions with norm and ReLU, in either order.</summary>
public sealed class BasicBranch : Module
{
    private readonly Conv2d _conv1;
    private readonly Conv2d _conv2;
    private readonly BatchNorm2d? _bn1;
    private readonly BatchNorm2d? _bn2;
    private readonly BlockOrder _order;

    /// <summary>A branch from <paramref name="inChannels"/> to <paramref name="outChannels"/>.</summary>
    /// <param name="inChannels">Channels read.</param>
    /// <param name="outChannels">Channels written.</param>
    /// <param name="stride">Stride of the first convolution.</param>
    /// <param name="order">Where norm and ReLU stand.</param>
    /// <param name="norm">Normalisation.</param>
    public BasicBranch(int inChannels, int outChannels, int stride, BlockOrder order, Normalization norm)
    {
        _order = order;
        bool normalized = norm == Normalization.Batch, post = order == BlockOrder.Post;
        _conv1 = Child("conv1", new Conv2d(inChannels, outChannels, 3, stride));
        _bn1 = normalized ? Child("bn1", new BatchNorm2d(post ? outChannels : inChannels)) : null;
        _conv2 = Child("conv2", new Conv2d(outChannels, outChannels, 3));
        _bn2 = normalized ? Child("bn2", new BatchNorm2d(outChannels)) : null;
    }

    /// <inheritdoc/>
    protected override Tensor Forward(Tensor x) => _order == BlockOrder.Post
        ? Norm(_bn2, _conv2.Apply(Ops.Relu(Norm(_bn1, _conv1.Apply(x)))))
        : _conv2.Apply(Ops.Relu(Norm(_bn2, _conv1.Apply(Ops.Relu(Norm(_bn1, x))))));

    private static Tensor Norm(BatchNorm2d? norm, Tensor x) => norm?.Apply(x) ?? x;
}
