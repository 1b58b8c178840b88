using System.Globalization;
using StepNet.Graph;
using StepNet.Nn;

namespace StepNet.Models;

/// <summary>
/// The network behind AdaResNet's published experiment (Su 2024, as published in code): a 7x7 stride-2 convolution of 64,
/// norm, ReLU, 3x3 stride-2 max pooling; for 64, 128, 256 and 512 channels one projection block of stride 2 and one identity
/// block; global average pooling, a linear layer. Every block is <c>act(s * shortcut(x) + h * F(x))</c>.
/// </summary>
/// <remarks>
/// Keras's habits: convolutions with biases that start at 0, Glorot-uniform weights, padding 'same', which at stride 2 pads
/// bottom and right more, batch norm of epsilon 1e-3 and momentum 0.99, which is 0.01 in this library's sense. The skip
/// weight s applies behind the projection's norm.
/// </remarks>
public sealed class AdaResNet18 : Module
{
    private const double Epsilon = 1e-3;
    private const double Momentum = 0.01;

    private readonly AdaResNet18Options _options;
    private readonly BlockPlan _plan;
    private readonly Module _conv1;
    private readonly Module _bn1;
    private readonly List<Module> _stages = [];
    private readonly Linear _linear;

    /// <summary>A network of the given options; its parameters wait for <see cref="Module.Initialize"/>.</summary>
    public AdaResNet18(AdaResNet18Options options)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Check();
        _options = options;
        _plan = Child("", options.Plan(blocks: 8));
        _conv1 = Child("conv1", new KerasConv2d(options.InChannels, options.Width, 7, 2));
        _bn1 = Child("bn1", Norm(options.Width));
        int channels = options.Width;
        foreach (int multiple in (int[])[1, 2, 4, 8])
        {
            int width = multiple * options.Width;
            string name = "layer" + (_stages.Count + 1).ToString(CultureInfo.InvariantCulture);
            Module projection = new Sequential(new KerasConv2d(channels, width, 1, 2), Norm(width));
            _stages.Add(Child(name, new Sequential(Block(name, channels, width, 2, projection), Block(name, width, width, 1, null))));
            channels = width;
        }

        _linear = Child("linear", new Linear(channels, options.Classes, Initializers.XavierUniform, Initializers.Constant(0)));
        options.Init.ApplyTo(this);
    }

    /// <summary>Images <c>[N, C, H, W]</c> to logits <c>[N, classes]</c>.</summary>
    protected override Tensor Forward(Tensor x)
    {
        x = Ops.Relu(_bn1.Apply(_conv1.Apply(x)));
        x = Ops.MaxPool(x, 3, 2, Padding.Same(x.Shape, 3, 2));
        foreach (Module stage in _stages)
        {
            x = stage.Apply(x);
        }

        return _linear.Apply(Ops.GlobalAveragePool(x));
    }

    private ResidualBlock Block(string stage, int inChannels, int outChannels, int stride, Module? shortcut) => _options.Block(
        _plan, stage, inChannels, outChannels, stride,
        (i, o, s) => new BasicBranch(BlockOrder.Post, new KerasConv2d(i, o, 3, s), new KerasConv2d(o, o, 3), Norm(o), Norm(o)),
        Activation.Relu, shortcut);

    private Module Norm(int channels) => Norms.Create(_options.Norm, channels, Epsilon, Momentum);
}
