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
    public static readonly Shape Images = Shape.Of(3, 32, 32);

    private const ulong Seed = 20;

    public ParityCase(CifarResNetOptions options, int n, double weightScale, double weightDecay)
    {
        (N, WeightDecay) = (n, weightDecay);
        Model = new CifarResNet(options);
        Model.Initialize(Seed);
        foreach (Variable variable in Model.State)
        {
            Change(variable, weightScale);
        }

        CounterRandom random = new(Seed, 1);
        Input = new float[n * Images.ItemCount];
        Labels = new float[n];
        foreach (ref float value in Input.AsSpan())
        {
            value = (float)random.NextNormal();
        }

        foreach (ref float label in Labels.AsSpan())
        {
            label = random.NextInt(options.Classes);
        }
    }

    public CifarResNet Model { get; }

    public int N { get; }

    public double WeightDecay { get; }

    public float[] Input { get; }

    public float[] Labels { get; }

    /// <summary>The networks: every choice of norm, order, shortcut and kind of coefficient, and most pairs of two choices.</summary>
    public static ParityCase Create(string name, int depth, int n)
    {
        CifarResNetOptions options = new() { Depth = depth };
        CifarResNetOptions learned = options with
        {
            Step = CoefficientSpec.LearnedFrom(0.3),
            Skip = CoefficientSpec.LearnedFrom(0.9),
        };
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
            "pre, learned, no norm" => new(learned with { Order = BlockOrder.Pre, Norm = Normalization.None }, n, 1, 0),
            _ => throw new ArgumentException($"No case '{name}'.", nameof(name)),
        };
    }

    /// <summary>What the judge reads.</summary>
    public IEnumerable<SafeTensor> Tensors()
    {
        foreach (Variable variable in Model.State)
        {
            yield return SafeTensor.Of(variable.Name, variable.Shape.Dims.AsSpan(), variable.Values);
        }

        yield return SafeTensor.Of("input", [N, .. Images.Dims], Input);
        yield return SafeTensor.Of("labels", [N], Array.ConvertAll(Labels, label => (long)label));
    }

    /// <summary>The judge's options for this network.</summary>
    public string[] Options(string dtype, int steps)
    {
        CifarResNetOptions options = Model.Options;
        return
        [
            "--depth", Text(options.Depth),
            "--norm", options.Norm == Normalization.Batch ? "batch" : "none",
            "--order", options.Order == BlockOrder.Post ? "post" : "pre",
            "--shortcut", options.Shortcut == ShortcutKind.Pad ? "pad" : "projection",
            "--step", Text(options.Step.Value), "--skip", Text(options.Skip.Value),
            "--weight-decay", Text(WeightDecay), "--dtype", dtype, "--steps", Text(steps),
        ];
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
