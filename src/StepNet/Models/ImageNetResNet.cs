using System.Globalization;
using StepNet.Graph;
using StepNet.Nn;

namespace StepNet.Models;

/// <summary>
/// The ResNets for ImageNet of He et al. 2016 as torchvision publishes them: 7x7 stride-2 convolution of 64, norm, ReLU, 3x3 stride-2
/// max pooling; four stages of blocks, of two 3x3 convolutions (18 and 34 layers) or of bottlenecks with the stride in the 3x3
/// convolution (50 layers, "v1.5"); global average pooling, a linear layer. Every block is <c>act(s * shortcut(x) + h * F(x))</c>.
/// </summary>
/// <remarks>
/// Parameters have torchvision's names, shapes and order (<c>layer2.0.downsample.0.weight</c>, <c>fc.weight</c>), so that its
/// published weights load; s = h = 1 is then the published network. Convolutions start as torchvision's do.
/// </remarks>
public sealed class ImageNetResNet : Module
{
    private const int Bottleneck = 4;

    private readonly BlockPlan _plan;
    private readonly Conv2d _conv1;
    private readonly Module _bn1;
    private readonly List<Module> _stages = [];
    private readonly Linear _fc;

    /// <summary>A network of the given options; its parameters wait for <see cref="Module.Initialize"/>.</summary>
    /// <exception cref="ArgumentException">No such depth.</exception>
    public ImageNetResNet(ImageNetResNetOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Check();
        Options = options;
        int[] blocks = Blocks(options.Depth);
        _plan = Child("", options.Plan(blocks.Sum()));
        _conv1 = Child("conv1", Conv(options.InChannels, options.Width, 7, 2));
        _bn1 = Child("bn1", Norm(options.Width));
        int channels = options.Width, expansion = options.Depth >= 50 ? Bottleneck : 1;
        for (int stage = 0; stage < blocks.Length; stage++)
        {
            int width = expansion * (options.Width << stage);
            string name = "layer" + (stage + 1).ToString(CultureInfo.InvariantCulture);
            Module[] modules = new Module[blocks[stage]];
            for (int i = 0; i < modules.Length; i++)
            {
                modules[i] = Block(name, channels, width, stage > 0 && i == 0 ? 2 : 1);
                channels = width;
            }

            _stages.Add(Child(name, new Sequential(modules)));
        }

        _fc = Child("fc", new Linear(channels, options.Classes));
        options.Init.ApplyTo(this);
    }

    /// <summary>What the network was made from.</summary>
    public ImageNetResNetOptions Options { get; }

    /// <summary>Depths that there are.</summary>
    internal static IReadOnlyList<int> Depths { get; } = [18, 34, 50];

    /// <summary>Images <c>[N, C, H, W]</c> of any size to logits <c>[N, classes]</c>.</summary>
    protected override Tensor Forward(Tensor x)
    {
        x = Ops.Relu(_bn1.Apply(_conv1.Apply(x)));
        x = Ops.MaxPool(x, 3, 2, Padding.All(1));
        foreach (Module stage in _stages)
        {
            x = stage.Apply(x);
        }

        return _fc.Apply(Ops.GlobalAveragePool(x));
    }

    private static int[] Blocks(int depth) => depth switch
    {
        18 => [2, 2, 2, 2],
        34 or 50 => [3, 4, 6, 3],
        _ => throw new ArgumentException($"Depth {depth}: the ImageNet ResNets have {string.Join(", ", Depths)} layers."),
    };

    private static Conv2d Conv(int inChannels, int outChannels, int kernel, int stride = 1) =>
        new(inChannels, outChannels, kernel, stride, weight: Initializers.HeNormalByOutputs);

    private ResidualBlock Block(string stage, int inChannels, int outChannels, int stride)
    {
        Module? shortcut = stride == 1 && inChannels == outChannels ? null
            : new Sequential(Conv(inChannels, outChannels, 1, stride), Norm(outChannels));
        return Options.Block(
            _plan, stage, inChannels, outChannels, stride, Options.Depth >= 50 ? Narrow : Plain, Activation.Relu, shortcut, "downsample");
    }

    private BasicBranch Plain(int inChannels, int outChannels, int stride) => new(
        BlockOrder.Post, Conv(inChannels, outChannels, 3, stride), Conv(outChannels, outChannels, 3), Norm(outChannels), Norm(outChannels));

    private BottleneckBranch Narrow(int inChannels, int outChannels, int stride)
    {
        int narrow = outChannels / Bottleneck;
        return new BottleneckBranch(
            [Conv(inChannels, narrow, 1), Conv(narrow, narrow, 3, stride), Conv(narrow, outChannels, 1)],
            [Norm(narrow), Norm(narrow), Norm(outChannels)]);
    }

    private Module Norm(int channels) => Norms.Create(Options.Norm, channels);
}
