using StepNet.Nn;

namespace StepNet.Models;

/// <summary>A named choice of h, s and initial values from the literature.</summary>
/// <param name="Name">As typed.</param>
/// <param name="Step">Step factor h.</param>
/// <param name="Skip">Skip weight s.</param>
/// <param name="Summary">What it is, in one sentence.</param>
/// <param name="Source">Where it comes from.</param>
public sealed record Preset(string Name, CoefficientSpec Step, CoefficientSpec Skip, string Summary, string Source)
{
    /// <summary>How weights start.</summary>
    public Initialization Init { get; init; } = Initialization.Default;

    /// <summary>Normalisation that belongs to it; null where any does.</summary>
    public Normalization? Norm { get; init; }

    /// <summary>All presets.</summary>
    public static IReadOnlyList<Preset> All { get; } =
    [
        new("resnet", 1, 1, "The plain residual sum.", "He et al. 2016"),
        new("euler", 0.1, 1, "A small step factor: a block is one step of Euler's method.", "Zhang et al. 2019, Towards Robust ResNet"),
        new("adaresnet", 1, Spec("learned:0"), "A learned skip weight for each block; every skip starts closed.", "Su 2024, AdaResNet"),
        new("adaresnet-two", 1, Spec("identity=learned:0,projection=normal:0.05"),
            "The same, with the skip weights of projection blocks drawn at random.", "Su 2024, as published in code"),
        new("adaresnet-shared", 1, Spec("learned:0@network"), "One learned skip weight for all blocks.", "Su 2024, AdaResNet"),
        new("skip2", 1, 2, "A skip weight fixed at 2.", "Su 2024, AdaResNet, its third network"),
        new("rezero", Spec("learned:0"), 1, "A learned step factor for each block; every block starts as its shortcut.", "Bachlechner et al. 2020, ReZero"),
        new("skipinit", Spec("learned:0"), 1, "The same coefficients, proposed in place of batch norm.", "De and Smith 2020, SkipInit"),
        new("layerscale", Spec("channel:1e-5"), 1, "A learned step factor for each channel, almost 0 at the start.", "Touvron et al. 2021, CaiT"),
        new("fixup", Spec("learned:1"), 1, "Scaled initial values in place of norms; every branch and the classifier start at 0.", "Zhang et al. 2019, Fixup")
        {
            Init = Initialization.Parse("fixup"),
            Norm = Normalization.None,
        },
        new("deepnorm", Spec("1/L^(1/4)"), 1,
            "alpha = (2N)^(1/4) = L^(1/4) on the skip, here as 1/alpha on the branch; branch weights times (8N)^(-1/4).", "Wang et al. 2022, DeepNet")
        {
            Init = Initialization.Parse("deepnorm"),
        },
    ];

    /// <summary>What it sets, by the keys of a network's options: <c>step</c>, <c>skip</c>, <c>init</c>, and <c>norm</c> where it has one.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Words =>
    [
        new("step", $"{Step}"), new("skip", $"{Skip}"), new("init", $"{Init}"),
        .. Norm is null ? [] : new KeyValuePair<string, string>[] { new("norm", OptionWord.Of(Norm.Value)) },
    ];

    /// <summary>The preset of a name.</summary>
    /// <exception cref="FormatException">No such preset; the message lists all.</exception>
    public static Preset Parse(string name) => All.FirstOrDefault(preset => preset.Name == name)
        ?? throw new FormatException($"'{name}' is no preset. Expected {string.Join(", ", All.Select(preset => preset.Name))}.");

    /// <summary>The name.</summary>
    public override string ToString() => Name;

    private static CoefficientSpec Spec(string text) => CoefficientSpec.Parse(text);
}
