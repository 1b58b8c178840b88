namespace StepNet.Nn;

/// <summary>
/// How the weights of a whole network start: convolutions and linear layers, biases where the scheme says so. Embeddings, norms
/// and coefficients keep their own start.
/// </summary>
public sealed record Initialization
{
    private const string ZeroGammaWord = "zero-gamma";

    private Initialization(string name, string summary, Action<Module> change) => (Name, Summary, Change) = (name, summary, change);

    /// <summary>Every layer's own.</summary>
    public static Initialization Default { get; } = new(
        "default", "every layer's own: He normal for convolutions and PyTorch's uniform for linear layers, or the network's habits", _ => { });

    /// <summary>All of them.</summary>
    public static IReadOnlyList<Initialization> All { get; } =
    [
        Default,
        new("he-normal", "normal, deviation sqrt(2 / fan-in) (He et al. 2015)", InitializationSchemes.All(Initializers.HeNormal)),
        new("he-uniform", "uniform in ±sqrt(6 / fan-in) (He et al. 2015)", InitializationSchemes.All(Initializers.HeUniform)),
        new("xavier-normal", "normal, deviation sqrt(2 / (fan-in + fan-out)) (Glorot and Bengio 2010)", InitializationSchemes.All(Initializers.XavierNormal)),
        new("xavier-uniform", "uniform in ±sqrt(6 / (fan-in + fan-out)) (Glorot and Bengio 2010)", InitializationSchemes.All(Initializers.XavierUniform)),
        new("orthogonal", "orthonormal rows or columns (Saxe et al. 2014)", InitializationSchemes.All(Initializers.Orthogonal)),
        new("truncated-normal", "He's normal cut at two deviations and widened again", InitializationSchemes.All(Initializers.TruncatedNormal)),
        new("keras", "Keras's defaults: Glorot uniform, biases 0", InitializationSchemes.All(Initializers.XavierUniform, _ => Initializers.Constant(0))),
        new("pytorch", "PyTorch's defaults: weights and biases uniform in ±1 / sqrt(fan-in)",
            InitializationSchemes.All(Initializers.LinearUniform, fanIn => Initializers.Uniform(1 / Math.Sqrt(fanIn)))),
        new("fixup", "each branch's last layer and the classifier 0, its other layers He normal times L^(-1/(2m - 2)) for m layers a "
            + "branch (Zhang et al. 2019)", InitializationSchemes.Fixup) { ClosesClassifier = true },
        new("deepnorm", "Xavier normal, in the branches times (4L)^(-1/4) (Wang et al. 2022, two blocks to a layer)", InitializationSchemes.DeepNorm),
    ];

    /// <summary>Name, as <see cref="Parse"/> reads it.</summary>
    public string Name { get; }

    /// <summary>What it does, in one line.</summary>
    public string Summary { get; }

    /// <summary>Whether the norm that ends a branch starts with gamma 0, so that a block starts as its shortcut (Goyal et al. 2017).</summary>
    public bool ZeroGamma { get; init; }

    /// <summary>Whether the classifier starts at 0, so that at first nothing else gets a gradient.</summary>
    internal bool ClosesClassifier { get; private init; }

    private Action<Module> Change { get; }

    /// <summary>Reads a name, with <c>+zero-gamma</c> behind it where gammas start at 0; <c>zero-gamma</c> alone is the default with it.</summary>
    /// <exception cref="FormatException">No such name; the message lists those that there are.</exception>
    public static Initialization Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        bool zeroGamma = text == ZeroGammaWord || text.EndsWith("+" + ZeroGammaWord, StringComparison.Ordinal);
        string name = text == ZeroGammaWord ? Default.Name : zeroGamma ? text[..^(ZeroGammaWord.Length + 1)] : text;
        Initialization? known = All.FirstOrDefault(known => known.Name == name);
        return known is not null ? known with { ZeroGamma = zeroGamma } : throw new FormatException(
            $"'{text}', expected {string.Join(", ", All.Select(known => known.Name))}, with or without +{ZeroGammaWord} behind it.");
    }

    /// <summary>Changes how the parameters of a network start; <see cref="Module.Initialize"/> draws them.</summary>
    /// <exception cref="ArgumentException">The network does not fit the scheme; the message says why and what to do.</exception>
    public void ApplyTo(Module network)
    {
        ArgumentNullException.ThrowIfNull(network);
        Change(network);
        if (ZeroGamma)
        {
            InitializationSchemes.ZeroGamma(network);
        }
    }

    /// <summary>As <see cref="Parse"/> reads it.</summary>
    public override string ToString() => ZeroGamma ? $"{Name}+{ZeroGammaWord}" : Name;
}
