using System.Globalization;
using StepNet.Graph;
using StepNet.Nn;

namespace StepNet.Models;

/// <summary>
/// Keras's ResNet50: 7x7 stride-2 convolution of 64 with 3 zeros around, norm, ReLU, 3x3 stride-2 max pooling with 1 zero
/// around; 3, 4, 6 and 3 bottleneck blocks of 256, 512, 1024 and 2048 channels, the stride in the first 1x1 convolution;
/// global average pooling, a linear layer. Every block is <c>act(s * shortcut(x) + h * F(x))</c>.
/// </summary>
/// <remarks>
/// Keras's habits: convolutions with biases that start at 0, Glorot-uniform weights, batch norm of epsilon 1.001e-5 and
/// momentum 0.99, which is 0.01 in this library's sense.
/// </remarks>
public sealed class KerasResNet50 : Module
{
    private const double Epsilon = 1.001e-5;
    private const double Momentum = 0.01;

    private readonly KerasResNet50Options _options;
    private readonly BlockPlan _plan;
    private readonly Module _conv1;
    private readonly Module _bn1;
    private readonly List<Module> _stages = [];
    private readonly Linear _linear;

    /// <summary>A network of the given options; its parameters wait for <see cref="Module.Initialize"/>.</summary>
    public KerasResNet50(KerasResNet50Options options)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Check();
        _options = options;
        _plan = Child("", options.Plan(blocks: 3 + 4 + 6 + 3));
        _conv1 = Child("conv1", new KerasConv2d(options.InChannels, options.Width, 7, 2, Padding.All(3)));
        _bn1 = Child("bn1", Norm(options.Width));
        int channels = options.Width;
        foreach ((int multiple, int blocks) in ((int, int)[])[(4, 3), (8, 4), (16, 6), (32, 3)])
        {
            int width = multiple * options.Width;
            int stride = _stages.Count == 0 ? 1 : 2;
            string name = "layer" + (_stages.Count + 1).ToString(CultureInfo.InvariantCulture);
            Module[] modules = new Module[blocks];
            Module projection = new Sequential(new KerasConv2d(channels, width, 1, stride), Norm(width));
            modules[0] = Block(name, channels, width, stride, projection);
            for (int i = 1; i < blocks; i++)
            {
                modules[i] = Block(name, width, width, 1, null);
            }

            _stages.Add(Child(name, new Sequential(modules)));
            channels = width;
        }

        _linear = Child("linear", new Linear(channels, options.Classes, Initializers.XavierUniform, Initializers.Constant(0)));
        options.Init.ApplyTo(this);
    }

    /// <summary>Images <c>[N, C, H, W]</c> to logits <c>[N, classes]</c>.</summary>
    protected override Tensor Forward(Tensor x)
    {
        x = Ops.Relu(_bn1.Apply(_conv1.Apply(x)));

        // Keras pads with zeros here, which behind a ReLU never win against a pixel.
        x = Ops.MaxPool(x, 3, 2, Padding.All(1));
        foreach (Module stage in _stages)
        {
            x = stage.Apply(x);
        }

        return _linear.Apply(Ops.GlobalAveragePool(x));
    }

    private ResidualBlock Block(string stage, int inChannels, int outChannels, int stride, Module? shortcut) => _options.Block(
        _plan, stage, inChannels, outChannels, stride, Branch, Activation.Relu, shortcut);

    private BottleneckBranch Branch(int inChannels, int outChannels, int stride)
    {
        int narrow = outChannels / 4;
        return new BottleneckBranch(
            [new KerasConv2d(inChannels, narrow, 1, stride), new KerasConv2d(narrow, narrow, 3), new KerasConv2d(narrow, outChannels, 1)],
            [Norm(narrow), Norm(narrow), Norm(outChannels)]);
    }

    private Module Norm(int channels) => Norms.Create(_options.Norm, channels, Epsilon, Momentum);
}
