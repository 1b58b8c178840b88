using System.Globalization;
using StepNet.Export;
using StepNet.Graph;
using StepNet.Kernels;
using StepNet.Models;
using StepNet.Nn;

namespace StepNet.Tests.Parity;

/// <summary>A network, its numbers and a batch, for StepNet and for the judge. All numbers are float32, so both start alike.</summary>
internal sealed class ParityCase
{
    private const ulong Seed = 20;
    private const int Characters = 69;

    private readonly ResNetOptions _options;

    public ParityCase(ResNetOptions options, int n, double weightScale, double weightDecay, Shape? item = null)
    {
        (_options, Item, N, WeightDecay) = (options, item ?? options.Item, n, weightDecay);
        Model = options.Create();
        Model.Initialize(Seed);
        foreach (Variable variable in Model.State)
        {
            Change(variable, weightScale);
        }

        CounterRandom random = new(Seed, 1);
        Input = new float[n * Item.ItemCount];
        Labels = new float[n];
        foreach (ref float value in Input.AsSpan())
        {
            value = options is TextResNetOptions or TextRnnOptions ? random.NextInt(Characters) : (float)random.NextNormal();
        }

        foreach (ref float label in Labels.AsSpan())
        {
            label = random.NextInt(options.Classes);
        }
    }

    public Module Model { get; }

    public Shape Item { get; }

    public int N { get; }

    public double WeightDecay { get; }

    /// <summary>Of SGD; so small that the loss of a few items does not vanish, which would leave nothing to compare.</summary>
    public double LearningRate { get; init; } = 0.01;

    /// <summary>
    /// Largest relative error of a gradient in float32, where ReLUs with inputs near 0 may turn over; convolutions by tiles
    /// round twice as much as the direct sum, so that a few more do.
    /// </summary>
    public double GradientTolerance { get; init; } = 1e-2;

    public float[] Input { get; }

    public float[] Labels { get; }

    /// <summary>
    /// The networks: of the CIFAR ResNets every choice of norm, order, shortcut and kind of coefficient, and most pairs of two
    /// choices; of every other family two.
    /// </summary>
    public static ParityCase Create(string name, int depth, int n)
    {
        CifarResNetOptions options = new() { Depth = depth };
        CifarResNetOptions learned = options with
        {
            Step = CoefficientSpec.LearnedFrom(0.3),
            Skip = CoefficientSpec.LearnedFrom(0.9),
        };

        CifarResNetOptions small = options with { Depth = 14, Width = 8 };

        // Five halvings: of 32 pixels one is left, and a batch norm over so few values doubles every rounding.
        Shape large = Shape.Of(3, 64, 64);
        return name switch
        {
            "post" => new(options, n, 1, 0),
            "post, h = 0.1" => new(options with { Step = 0.1 }, n, 1, 0),
            "post, learned, pad" => new(learned with { Shortcut = ShortcutKind.Pad }, n, 1, 1e-2),
            "post, no norm, h = 0.1" => new(options with { Step = 0.1, Norm = Normalization.None }, n, 1, 0),

            // He's initialisation without a norm doubles the variance at every block of h = 1: half the weights keep it.
            "post, no norm, pad" => new(options with { Norm = Normalization.None, Shortcut = ShortcutKind.Pad }, n, 0.5, 0),
            "pre" => new(options with { Order = BlockOrder.Pre }, n, 1, 0),
            "pre, h = 0.1, s = 0.9, pad" => new(
                options with { Order = BlockOrder.Pre, Step = 0.1, Skip = 0.9, Shortcut = ShortcutKind.Pad }, n, 1, 1e-2),
            "post, group norm" => new(options with { Norm = Normalization.Group }, n, 1, 0),
            "pre, learned, no norm" => new(learned with { Order = BlockOrder.Pre, Norm = Normalization.None }, n, 1, 0),
            "post, h by channel, s by stage" => With("channel:0.3", "learned:0.9@stage"),
            "post, no norm, h = 1/sqrt(L), s by channel and stage" => With("1/sqrt(L)", "channel:0.9@stage", Normalization.None),
            "pre, h of the network, s by kind" => With("learned:0.3@network", "learned:0.9@kind", order: BlockOrder.Pre),
            "post, h at random, s at random where projected" =>
                With("normal:0.3@stage", "identity=learned:0.9,projection=normal:0.5"),
            "text-resnet9, h by channel, s of the network" => new(
                new TextResNetOptions { Width = 16, Length = 60, Step = CoefficientSpec.Parse("channel:0.3"), Skip = CoefficientSpec.Parse("learned:0.9@network") },
                n, 1, 1e-2),
            "point-resnet5, h by channel and stage, s = 1/L" => new(
                new PointResNetOptions { Blocks = 5, Width = 6, Step = CoefficientSpec.Parse("channel:0.3@stage"), Skip = CoefficientSpec.Parse("4/L") },
                n, 1, 1e-2),
            "adaresnet18, learned" => new(
                new AdaResNet18Options { Width = 8, Step = learned.Step, Skip = learned.Skip }, n, 1, 0, large)
            { LearningRate = 3e-4, GradientTolerance = 5e-2 },
            "adaresnet18, no norm" => new(new AdaResNet18Options { Width = 8, Norm = Normalization.None, Step = 0.5 }, n, 1, 0),
            "keras-resnet50, h = 0.1" => new(new KerasResNet50Options { Width = 8, Step = 0.1 }, n, 1, 0, large)
            { LearningRate = 1e-3, GradientTolerance = 5e-2 },
            "keras-resnet50, group norm, s = 0.5" => new(new KerasResNet50Options { Width = 8, Norm = Normalization.Group, Skip = 0.5 }, n, 1, 0),
            "imagenet-resnet18, learned" => new(
                new ImageNetResNetOptions { Width = 8, Step = learned.Step, Skip = learned.Skip }, n, 1, 1e-2, large)
            { LearningRate = 1e-3, GradientTolerance = 5e-2 },
            "imagenet-resnet34, group norm, h = 0.5" => new(
                new ImageNetResNetOptions { Depth = 34, Width = 8, Norm = Normalization.Group, Step = 0.5 }, n, 1, 0, large),
            "imagenet-resnet50, h = 0.1, s = 0.9" => new(
                new ImageNetResNetOptions { Depth = 50, Width = 8, Step = 0.1, Skip = 0.9 }, n, 1, 0, large)
            { LearningRate = 1e-3, GradientTolerance = 5e-2 },
            "text-resnet9" => new(new TextResNetOptions { Width = 16, Length = 60, Step = 0.3 }, n, 1, 0),
            "text-resnet17, pre, learned, group norm, max" => new(
                new TextResNetOptions
                {
                    Depth = 17,
                    Length = 21,
                    Width = 16,
                    Order = BlockOrder.Pre,
                    Head = TextHead.Max,
                    Norm = Normalization.Group,
                    Step = learned.Step,
                    Skip = learned.Skip,
                }, n, 1, 0),
            "point-resnet5" => new(new PointResNetOptions { Blocks = 5 }, n, 1, 0),
            "point-resnet5, width 6, learned, batch norm" => new(
                new PointResNetOptions
                {
                    Blocks = 5,
                    Width = 6,
                    Norm = Normalization.Batch,
                    Step = learned.Step,
                    Skip = learned.Skip,
                }, n, 1, 0),
            "post, midpoint, h = 0.5" => new(small with { Integrator = Integrator.Midpoint, Step = 0.5 }, n, 1, 0),
            "pre, heun, learned" => new(
                small with { Integrator = Integrator.Heun, Order = BlockOrder.Pre, Step = learned.Step, Skip = learned.Skip }, n, 1, 1e-2),
            "post, rk4, h by channel" => new(
                small with { Integrator = Integrator.Rk4, Step = CoefficientSpec.Parse("channel:0.3") }, n, 1, 1e-2),
            "keras-resnet50, midpoint, no norm, h = 0.1" => new(
                new KerasResNet50Options { Width = 4, Integrator = Integrator.Midpoint, Norm = Normalization.None, Step = 0.1 }, n, 1, 0),
            "text-resnet17, heun" => new(
                new TextResNetOptions { Depth = 17, Width = 8, Length = 60, Integrator = Integrator.Heun }, n, 1, 0)
            { LearningRate = 0.003 },
            "point-resnet5, rk4, width 6, learned, batch norm" => new(
                new PointResNetOptions
                {
                    Blocks = 5,
                    Width = 6,
                    Norm = Normalization.Batch,
                    Step = learned.Step,
                    Skip = learned.Skip,
                    Integrator = Integrator.Rk4,
                }, n, 1, 0),

            // At h = 1 the state grows so far in 24 steps that the first update ends in NaN, in PyTorch too.
            "text-rnn24, h = 0.1" => new(new TextRnnOptions { Steps = 24, Length = 24, Width = 20, Step = 0.1 }, n, 1, 0),
            "text-rnn9, midpoint, learned, group norm" => new(
                new TextRnnOptions
                {
                    Steps = 9,
                    Length = 13,
                    Width = 16,
                    Norm = Normalization.Group,
                    Step = learned.Step,
                    Skip = learned.Skip,
                    Integrator = Integrator.Midpoint,
                }, n, 1, 1e-2),
            _ => throw new ArgumentException($"No case '{name}'.", nameof(name)),
        };

        // Weight decay, so that a coefficient that decays by mistake shows in the steps.
        ParityCase With(string step, string skip, Normalization norm = Normalization.Batch, BlockOrder order = BlockOrder.Post) => new(
            options with { Step = CoefficientSpec.Parse(step), Skip = CoefficientSpec.Parse(skip), Norm = norm, Order = order }, n, 1, 1e-2);
    }

    /// <summary>What the judge reads.</summary>
    public IEnumerable<SafeTensor> Tensors()
    {
        foreach (Variable variable in Model.State)
        {
            yield return SafeTensor.Of(variable.Name, variable.Shape.Dims.AsSpan(), variable.Values);
        }

        yield return SafeTensor.Of("input", [N, .. Item.Dims], Input);
        yield return SafeTensor.Of("labels", [N], Array.ConvertAll(Labels, label => (long)label));
    }

    /// <summary>The judge's options for this network.</summary>
    public string[] Options(string dtype, int steps)
    {
        int blocks = Model.Modules.OfType<ResidualBlock>().Count();
        string[] network = _options switch
        {
            CifarResNetOptions cifar => ["--depth", Text(cifar.Depth), .. Words("norm", "width", "integrator", "order", "shortcut")],
            TextResNetOptions => ["--model", _options.Name, .. Words("norm", "width", "integrator", "order", "head")],
            _ => ["--model", _options.Name, .. Words("norm", "width", "integrator")],
        };
        return
        [
            .. network, "--step", Text(_options.Step.Start.At(blocks)), "--skip", Text(_options.Skip.Start.At(blocks)),
            "--weight-decay", Text(WeightDecay), "--lr", Text(LearningRate), "--dtype", dtype, "--steps", Text(steps),
        ];

        IEnumerable<string> Words(params string[] keys) =>
            keys.SelectMany(key => new[] { $"--{key}", _options.Words.Single(pair => pair.Key == key).Value });
    }

    // Gammas away from 1, betas and running statistics away from 0 and 1, blocks with an s and h of their own.
    private static void Change(Variable variable, double weightScale)
    {
        CounterRandom random = new(Seed, 2, CounterRandom.KeyOf(variable.Name));
        bool spread = variable.Name.EndsWith("running_var", StringComparison.Ordinal)
            || (variable.Shape.Dims.Length == 1 && variable.Name.EndsWith("weight", StringComparison.Ordinal));
        foreach (ref float value in variable.Values.AsSpan())
        {
            value = (float)(variable.Shape.Dims.Length switch
            {
                0 => value * random.NextUniform(0.8, 1.2),
                1 when spread => random.NextUniform(0.5, 1.5),
                1 => value + (0.1 * random.NextNormal()),
                4 => value * weightScale,
                _ => value,
            });
        }
    }

    private static string Text(IFormattable number) => number.ToString(null, CultureInfo.InvariantCulture);
}
