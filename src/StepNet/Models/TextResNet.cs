using System.Globalization;
using StepNet.Graph;
using StepNet.Nn;

namespace StepNet.Models;

/// <summary>
/// The text ResNet of Towards Robust ResNet, VDCNN with shortcuts (Conneau et al. 2017): an embedding of 16 channels a
/// character, a convolution of 64 over three places, four stages of 64, 128, 256 and 512 channels with a halving between
/// them, and one of two heads. Every block is <c>act(s * shortcut(x) + h * F(x))</c>, F two convolutions over three places.
/// </summary>
/// <remarks>
/// The halving is max-pooling of width 3 and stride 2; the first block behind it widens, by a 1x1 shortcut of stride 1. Norm
/// and ReLU behind the first convolution (<see cref="BlockOrder.Post"/>) or before the head are those of the image ResNets.
/// </remarks>
public sealed class TextResNet : Module
{
    private const int EmbeddingSize = 16;
    private const int Largest = 8;
    private static readonly int[] s_multiples = [1, 2, 4, 8];

    private readonly BlockPlan _plan;
    private readonly Embedding _embedding;
    private readonly Conv1d _conv1;
    private readonly Module _bn1;
    private readonly List<Module> _stages = [];
    private readonly Module _lastNorm;
    private readonly Module[] _linear;

    /// <summary>A network of the given options; its parameters wait for <see cref="Module.Initialize"/>.</summary>
    /// <exception cref="ArgumentException">No such depth, or texts too short for the head.</exception>
    public TextResNet(TextResNetOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Check();
        ArgumentOutOfRangeException.ThrowIfLessThan(options.Vocabulary, 1);
        Options = options;
        bool post = options.Order == BlockOrder.Post, kmax = options.Head == TextHead.KMax;
        int least = kmax ? ((Largest - 1) * 8) + 1 : 1;
        if (options.Length < least)
        {
            throw new ArgumentException(
                $"{options.Name}: texts of {options.Length} characters. The k-max head takes the {Largest} largest of what three halvings leave, "
                + $"so that a text has {least} or more; use the max head, or longer texts.");
        }

        _plan = Child("", options.Plan(Convolutions(options.Depth).Sum() / 2));
        _embedding = Child("embedding", new Embedding(options.Vocabulary, EmbeddingSize));
        _conv1 = Child("conv1", new Conv1d(EmbeddingSize, options.Width, 3));
        _bn1 = Child("bn1", Norms.Create(post ? options.Norm : Normalization.None, options.Width));
        int channels = options.Width;
        foreach ((int multiple, int convolutions) in s_multiples.Zip(Convolutions(options.Depth)))
        {
            int width = multiple * options.Width;
            string name = "layer" + (_stages.Count + 1).ToString(CultureInfo.InvariantCulture);
            Module[] blocks = new Module[convolutions / 2];
            for (int i = 0; i < blocks.Length; i++)
            {
                blocks[i] = Block(name, channels, width);
                channels = width;
            }

            _stages.Add(Child(name, new Sequential(blocks)));
        }

        _lastNorm = Child("bn", Norms.Create(post ? Normalization.None : options.Norm, channels));
        int hidden = Largest * channels / 2;
        int[] sizes = kmax ? [Largest * channels, hidden, hidden, options.Classes] : [channels, options.Classes];
        _linear = [.. sizes.Zip(sizes.Skip(1), (from, to) => new Linear(from, to))];
        for (int i = 0; i < _linear.Length; i++)
        {
            Child("linear" + (i + 1).ToString(CultureInfo.InvariantCulture), _linear[i]);
        }

        options.Init.ApplyTo(this);
    }

    /// <summary>What the network was made from.</summary>
    public TextResNetOptions Options { get; }

    /// <summary>Depths of the paper.</summary>
    internal static IReadOnlyList<int> Depths { get; } = [9, 17, 29, 49];

    /// <summary>Token ids <c>[N, L]</c> to logits <c>[N, classes]</c>.</summary>
    protected override Tensor Forward(Tensor x)
    {
        bool post = Options.Order == BlockOrder.Post;
        x = _conv1.Apply(_embedding.Apply(x));
        x = post ? Ops.Relu(_bn1.Apply(x)) : x;
        for (int i = 0; i < _stages.Count; i++)
        {
            x = _stages[i].Apply(i == 0 ? x : Ops.MaxPool(x, 3, 2, Padding.Along(1, 1)));
        }

        x = post ? x : Ops.Relu(_lastNorm.Apply(x));
        x = Options.Head == TextHead.KMax ? Ops.Flatten(Ops.KMaxPool(x, Largest)) : Ops.GlobalMaxPool(x);
        x = _linear[0].Apply(x);
        foreach (Module linear in _linear[1..])
        {
            x = linear.Apply(Ops.Relu(x));
        }

        return x;
    }

    // Convolutions of each stage, two a block; the first convolution is the one missing to the depth.
    private static int[] Convolutions(int depth) => depth switch
    {
        9 => [2, 2, 2, 2],
        17 => [4, 4, 4, 4],
        29 => [10, 10, 4, 4],
        49 => [16, 16, 10, 6],
        _ => throw new ArgumentException($"Depth {depth}: the text ResNets have {string.Join(", ", Depths)} convolutions."),
    };

    private ResidualBlock Block(string stage, int inChannels, int outChannels)
    {
        Module? shortcut = inChannels == outChannels ? null
            : new Sequential(new Conv1d(inChannels, outChannels, 1), Norms.Create(Options.Norm, outChannels));
        return Options.Block(
            _plan, stage, inChannels, outChannels, 1, Branch,
            Options.Order == BlockOrder.Post ? Activation.Relu : Activation.Identity, shortcut);
    }

    private BasicBranch Branch(int inChannels, int outChannels, int stride) => new(
        Options.Order, new Conv1d(inChannels, outChannels, 3, stride), new Conv1d(outChannels, outChannels, 3),
        Norms.Create(Options.Norm, Options.Order == BlockOrder.Post ? outChannels : inChannels), Norms.Create(Options.Norm, outChannels));
}
