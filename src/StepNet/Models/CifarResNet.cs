using System.Globalization;
using StepNet.Graph;
using StepNet.Nn;

namespace StepNet.Models;

/// <summary>
/// The CIFAR ResNet of He et al. 2016 with 6n + 2 layers: a 3x3 convolution of 16, three stages of n blocks with 16, 32 and
/// 64 channels, global average pooling, a linear layer. Every block is <c>act(s * shortcut(x) + h * F(x))</c>.
/// </summary>
/// <remarks>Parameters carry the names of the best-known PyTorch implementation: <c>layer2.0.shortcut.0.weight</c>.</remarks>
public sealed class CifarResNet : Module
{
    private readonly BlockPlan _plan;
    private readonly Conv2d _conv1;
    private readonly Module _stemNorm;
    private readonly Module _lastNorm;
    private readonly List<Module> _stages = [];
    private readonly Linear _linear;

    /// <summary>A network of the given options; its parameters wait for <see cref="Module.Initialize"/>.</summary>
    /// <exception cref="ArgumentException">The depth is not 6n + 2, or the initialisation is made for other branches.</exception>
    public CifarResNet(CifarResNetOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (options.Depth < 8 || (options.Depth - 2) % 6 != 0)
        {
            int below = Math.Max(8, ((options.Depth - 2) / 6 * 6) + 2);
            throw new ArgumentException(
                $"Depth {options.Depth} is not 6n + 2. The CIFAR ResNets have 8, 14, 20, 32, 44, 56, 110, ... layers; "
                + $"near it: {below}, {below + 6}.");
        }

        options.Check();
        Options = options;
        bool post = options.Order == BlockOrder.Post;
        int channels = options.Width, blocks = (options.Depth - 2) / 6;
        _plan = Child("", options.Plan(3 * blocks));
        _conv1 = Child("conv1", new Conv2d(options.InChannels, options.Width, 3));
        _stemNorm = Child("bn1", Norms.Create(post ? options.Norm : Normalization.None, options.Width));
        for (int stage = 0; stage < 3; stage++)
        {
            string name = "layer" + (stage + 1).ToString(CultureInfo.InvariantCulture);
            Module[] modules = new Module[blocks];
            for (int i = 0; i < blocks; i++)
            {
                bool changes = stage > 0 && i == 0;
                modules[i] = Block(name, channels, changes ? 2 * channels : channels, changes ? 2 : 1);
                channels = changes ? 2 * channels : channels;
            }

            _stages.Add(Child(name, new Sequential(modules)));
        }

        _lastNorm = Child("bn", Norms.Create(post ? Normalization.None : options.Norm, channels));
        _linear = Child("linear", new Linear(channels, options.Classes));
        options.Init.ApplyTo(this);
    }

    /// <summary>What the network was made from.</summary>
    public CifarResNetOptions Options { get; }

    /// <summary>All residual blocks, from the input on.</summary>
    public IEnumerable<ResidualBlock> Blocks => Modules.OfType<ResidualBlock>();

    /// <summary>Images <c>[N, 3, H, W]</c> to logits <c>[N, classes]</c>.</summary>
    protected override Tensor Forward(Tensor x)
    {
        x = _conv1.Apply(x);
        x = Options.Order == BlockOrder.Post ? Ops.Relu(_stemNorm.Apply(x)) : x;
        foreach (Module stage in _stages)
        {
            x = stage.Apply(x);
        }

        x = Options.Order == BlockOrder.Pre ? Ops.Relu(_lastNorm.Apply(x)) : x;
        return _linear.Apply(Ops.GlobalAveragePool(x));
    }

    private ResidualBlock Block(string stage, int inChannels, int outChannels, int stride)
    {
        Module? shortcut = stride == 1 && inChannels == outChannels ? null
            : Options.Shortcut == ShortcutKind.Pad ? new PadShortcut(stride, outChannels)
            : new Sequential(new Conv2d(inChannels, outChannels, 1, stride), Norms.Create(Options.Norm, outChannels));
        return Options.Block(
            _plan, stage, inChannels, outChannels, stride,
            (i, o, s) => new BasicBranch(i, o, s, Options.Order, Options.Norm),
            Options.Order == BlockOrder.Post ? Activation.Relu : Activation.Identity,
            shortcut);
    }
}
