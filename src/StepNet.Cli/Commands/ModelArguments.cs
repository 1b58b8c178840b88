using System.CommandLine;
using StepNet.Data;
using StepNet.Graph;
using StepNet.Models;
using StepNet.Nn;

namespace StepNet.Cli.Commands;

/// <summary>Options that make a network; commands that need one share them.</summary>
internal sealed class ModelArguments
{
    /// <summary>The one-step methods, in the order of <see cref="Integrator"/>.</summary>
    internal static readonly string[] Integrators = ["euler", "midpoint", "heun", "rk4"];

    private readonly Option<string?> _model;
    private readonly bool _chooses;

    private readonly Option<Preset?> _preset = Cli.Options.Of<Preset?>(
        "--preset", "name",
        "h, s and initial values from the literature, which options beside it override: "
        + $"{string.Join("; ", Preset.All.Select(preset => $"{preset.Name}, h {preset.Step}, s {preset.Skip}"))}. [default: resnet]",
        Preset.Parse);

    // Named as the words of ResNetOptions; a family refuses those that it does not have.
    private readonly Option<string?>[] _words =
    [
        StepOption(),
        Coefficient("--skip", "s", "Skip weight s of every block, in the words of --step. [default: 1]", spec => spec),
        Cli.Options.Word(
            "--integrator", "One-step method of the blocks that keep their shape: Euler's, or one that evaluates F two or four times. [default: euler]",
            Integrators),
        Cli.Options.Of<string?>(
            "--drop-path", "p", "Stochastic depth: probability that an item skips the last block's branch, less in those before. [default: 0]",
            text => text),
        Cli.Options.Of<string?>(
            "--init", "name",
            $"How weights start: {string.Join(", ", Initialization.All.Select(known => known.Name))}; "
            + "+zero-gamma behind it closes the branches. [default: default]", text => $"{Initialization.Parse(text)}"),
        Cli.Options.Word(
            "--norm", "Normalisation: of the batch, or of groups of channels. [default: batch; points and text-rnnN none]", "batch", "group", "none"),
        Cli.Options.Word("--order", "Norm and ReLU after or before each convolution, in resnetN and text-resnetN. [default: post]", "post", "pre"),
        Cli.Options.Word(
            "--shortcut", "Where the width changes in resnetN: 1x1 convolution, or zero channels. [default: projection]", "projection", "pad"),
        Cli.Options.Word(
            "--head", "End of text-resnetN: 8 largest values and three linear layers, or the largest and one. [default: kmax]", "kmax", "max"),
        Cli.Options.Of<string?>(
            "--width", "n", "Channels of the first stage, 1 or more; the others are multiples. [default: resnetN 16, point-resnetN 2, others 64]",
            text => text),
    ];

    /// <summary>The options.</summary>
    /// <param name="defaultModel">What the help says of the network that holds without <c>--model</c>.</param>
    /// <param name="chooses">Whether the command can choose a step factor: it then takes <c>--step auto</c>.</param>
    internal ModelArguments(string defaultModel, bool chooses = false)
    {
        _model = Cli.Options.Of<string?>(
            "--model", "name", $"Network: resnet20, imagenet-resnet18, text-resnet9, ...; 'stepnet models' lists them. [default: {defaultModel}]", Known);
        _chooses = chooses;
        if (chooses)
        {
            _words[0] = StepOption(AutoStep.Word);
        }
    }

    /// <summary>Whether the step factor is to be chosen.</summary>
    internal bool IsAuto(ResolvedOptions options) => _chooses && options.Unkept(_words[0]) == AutoStep.Word;

    /// <summary>All options, in the order of the help.</summary>
    internal IReadOnlyList<Option> Options => [_model, _preset, .. _words];

    /// <summary>Whether any of the options was given.</summary>
    internal bool AreGiven(ResolvedOptions options) => Options.Any(options.IsGiven);

    /// <summary>Whether the network was given by its name.</summary>
    internal bool IsNamed(ResolvedOptions options) => options.IsGiven(_model);

    /// <summary>What was asked for.</summary>
    /// <param name="options">The command line.</param>
    /// <param name="defaultModel">Network without <c>--model</c>.</param>
    /// <param name="defaultWords">Options of that network, where they are not its usual ones.</param>
    /// <param name="pretrained">The network of a file of weights: it holds without <c>--model</c>, and its options with its name too.</param>
    /// <exception cref="UsageException">The network has no such option.</exception>
    internal ResNetOptions Read(
        ResolvedOptions options, string defaultModel, IEnumerable<KeyValuePair<string, string>>? defaultWords = null,
        ResNetOptions? pretrained = null)
    {
        defaultWords = options.IsGiven(_model) ? [] : pretrained?.Words ?? defaultWords ?? [];
        ResNetOptions network = ModelCatalog.Options(options.Value(_model, pretrained?.Name ?? defaultModel));
        defaultWords = network.Name == pretrained?.Name ? pretrained.Words : defaultWords;
        foreach ((string key, string word) in defaultWords.Concat(options.Value(_preset)?.Words ?? []))
        {
            network = network.With(key, word);
        }

        Dictionary<string, string> defaults = new(network.Words);
        foreach (Option<string?> option in _words)
        {
            string key = option.Name.TrimStart('-');
            string? word = defaults.TryGetValue(key, out string? usual) ? options.Value(option, usual) : options.Value(option);
            try
            {
                network = word is null ? network : network.With(key, _chooses && word == AutoStep.Word && option == _words[0] ? "1" : word);
            }
            catch (Exception e) when (e is ArgumentException or FormatException)
            {
                throw new UsageException($"{option.Name}: {e.Message}");
            }
        }

        return network;
    }

    /// <summary>Whether the network asked for is one for larger images.</summary>
    internal bool IsForLargeImages(ResolvedOptions options) =>
        options.Unkept(_model) is string name && ModelCatalog.Options(name) is ImageNetResNetOptions;

    /// <summary>The network for items of this shape.</summary>
    /// <exception cref="UsageException">The network reads other items.</exception>
    internal static (ResNetOptions Options, Module Model) Build(ResNetOptions options, Shape item, int classes)
    {
        try
        {
            ResNetOptions fitted = options.For(item, classes);
            return (fitted, fitted.Create());
        }
        catch (ArgumentException e)
        {
            throw new UsageException($"--model {e.Message}");
        }
    }

    /// <summary>Sees to it that a network for points gets no texts: their codes are numbers of the same shape, and it would train on nonsense.</summary>
    /// <exception cref="UsageException">Network and data do not go together.</exception>
    internal static void CheckReads(ResNetOptions model, DatasetEntry dataset)
    {
        if (dataset.ItemShape.Dims.Length == 1 && model.Item.Dims.Length == 1 && dataset.IsText != (model.TextVocabulary is not null))
        {
            throw new UsageException(dataset.IsText
                ? $"--model {model.Name} reads points, and the items of {dataset.Name} are texts. Choose a text network, such as text-resnet9."
                : $"--model {model.Name} reads texts, and the items of {dataset.Name} are points. Choose a network for points, such as point-resnet10.");
        }
    }

    private static Option<string?> StepOption(string? other = null) => Cli.Options.Of<string?>(
        "--step", "h", "Step factor h of every block: a number above 0, 1/sqrt(L) or 1/L by the number of blocks, "
        + "or learned:0.1, channel:0.1 or normal:0.1 to train it from there; @block, @stage, @kind or @network behind it "
        + $"says which blocks share it{(other is null ? "" : $"; {other} chooses a number by the network and its data")}. [default: 1]",
        text => text == other ? text : $"{Forward(CoefficientSpec.Parse(text))}");

    /// <summary>A one-step method as <c>--integrator</c> takes it.</summary>
    internal static string Word(Integrator method) => Integrators[(int)method];

    private static Option<string?> Coefficient(
        string name, string unit, string description, Func<CoefficientSpec, CoefficientSpec> check) =>
        Cli.Options.Of<string?>(name, unit, description, text => $"{check(CoefficientSpec.Parse(text))}");

    // A step back in time is no explicit Euler step, and none at all leaves F out for good, unless it is learned from there.
    private static CoefficientSpec Forward(CoefficientSpec step) =>
        new[] { step, step.Projection ?? step }.All(one => one.Start.Factor > 0 || (one.Learned && one.Start.Factor == 0))
            ? step
            : throw new FormatException($"'{step}', expected a number above 0, such as 0.1; only a learned one may start at 0: learned:0.");

    private static string Known(string name)
    {
        try
        {
            return ModelCatalog.Options(name).Name;
        }
        catch (ArgumentException e)
        {
            // Of a known family with a wrong number, the message itself names the nearest.
            bool known = ModelCatalog.Families.Any(family => name.StartsWith(family.Prefix, StringComparison.Ordinal));
            throw new FormatException(
                e.Message + (known ? "" : Nearest.Hint(name, ModelCatalog.Families.SelectMany(family => family.Examples))), e);
        }
    }
}
