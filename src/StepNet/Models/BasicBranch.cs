using StepNet.Graph;
using StepNet.Nn;

namespace StepNet.Models;

/// <summary>The branch F of two convolutions with norm and ReLU, in either order.</summary>
public sealed class BasicBranch : Module
{
    private readonly Module _conv1;
    private readonly Module _conv2;
    private readonly Module _bn1;
    private readonly Module _bn2;
    private readonly BlockOrder _order;

    /// <summary>The branch of the image ResNets, of 3x3 convolutions.</summary>
    /// <param name="inChannels">Channels read.</param>
    /// <param name="outChannels">Channels written.</param>
    /// <param name="stride">Stride of the first convolution.</param>
    /// <param name="order">Where norm and ReLU stand.</param>
    /// <param name="norm">Normalisation.</param>
    public BasicBranch(int inChannels, int outChannels, int stride, BlockOrder order, Normalization norm)
        : this(
            order, new Conv2d(inChannels, outChannels, 3, stride), new Conv2d(outChannels, outChannels, 3),
            Norms.Create(norm, order == BlockOrder.Post ? outChannels : inChannels), Norms.Create(norm, outChannels))
    {
    }

    /// <summary>A branch of any convolutions and norms.</summary>
    /// <param name="order">Where norm and ReLU stand.</param>
    /// <param name="conv1">First convolution.</param>
    /// <param name="conv2">Second convolution.</param>
    /// <param name="norm1">Behind the first convolution, or before it.</param>
    /// <param name="norm2">Behind the second convolution, or before it.</param>
    public BasicBranch(BlockOrder order, Module conv1, Module conv2, Module norm1, Module norm2)
    {
        _order = order;
        _conv1 = Child("conv1", conv1);
        _bn1 = Child("bn1", norm1);
        _conv2 = Child("conv2", conv2);
        _bn2 = Child("bn2", norm2);
    }

    /// <inheritdoc/>
    protected override Tensor Forward(Tensor x) => _order == BlockOrder.Post
        ? _bn2.Apply(_conv2.Apply(Ops.Relu(_bn1.Apply(_conv1.Apply(x)))))
        : _conv2.Apply(Ops.Relu(_bn2.Apply(_conv1.Apply(Ops.Relu(_bn1.Apply(x))))));
}
