using StepNet.Graph;
using StepNet.Nn;

namespace StepNet.Models;

/// <summary>
/// A residual network on paper: what every family can be told, to which each family adds its own. <see cref="Create"/> builds
/// it; <see cref="Words"/> and <see cref="With"/> are the same as texts, for command lines and model files.
/// </summary>
public abstract record ResNetOptions
{
    /// <summary>Step factor h.</summary>
    public CoefficientSpec Step { get; init; } = 1.0;

    /// <summary>Skip weight s.</summary>
    public CoefficientSpec Skip { get; init; } = 1.0;

    /// <summary>One-step method of the blocks that keep their shape; blocks with a projection take Euler's step.</summary>
    public Integrator Integrator { get; init; } = Integrator.Euler;

    /// <summary>Stochastic depth: drop probability of the last block, in [0, 1); see <see cref="BlockPlan"/>.</summary>
    public double DropPath { get; init; }

    /// <summary>How weights start.</summary>
    public Initialization Init { get; init; } = Initialization.Default;

    /// <summary>Normalisation in branches, projections and stem.</summary>
    public Normalization Norm { get; init; } = Normalization.Batch;

    /// <summary>
    /// Channels of the first stage, of which the others are multiples, at least 1. Each family has the papers' as its default.
    /// </summary>
    public int Width { get; init; }

    /// <summary>Classes, at least 2.</summary>
    public int Classes { get; init; } = 10;

    /// <summary>A branch F of one's own in every block; null for the family's. Such a network cannot be written as words.</summary>
    public BranchFactory? Branch { get; init; }

    /// <summary>Name of the network, as <see cref="ModelCatalog.Options"/> reads it: <c>resnet20</c>.</summary>
    public abstract string Name { get; }

    /// <summary>The item that the network is made for without <see cref="For"/>: <c>[3, 32, 32]</c>.</summary>
    public abstract Shape Item { get; }

    /// <summary>Number of character codes, where the network reads texts of them; null where it reads anything else.</summary>
    public virtual int? TextVocabulary => null;

    /// <summary>What the options say, by key, in the order of the help: <c>step</c>, <c>skip</c>, <c>integrator</c>, <c>drop-path</c>, <c>init</c>, <c>norm</c>, <c>width</c>, and the family's own.</summary>
    public virtual IReadOnlyList<KeyValuePair<string, string>> Words =>
    [
        new("step", $"{Step}"), new("skip", $"{Skip}"), new("integrator", OptionWord.Of(Integrator)), new("drop-path", OptionWord.Of(DropPath)),
        new("init", $"{Init}"), new("norm", OptionWord.Of(Norm)), new("width", OptionWord.Of(Width)),
    ];

    /// <summary>The network for items of this shape.</summary>
    /// <param name="item">Shape of an item, without the batch.</param>
    /// <param name="classes">Classes, at least 2.</param>
    /// <exception cref="ArgumentException">The family reads other items; the message says which.</exception>
    public abstract ResNetOptions For(Shape item, int classes);

    /// <summary>Builds the network, with the parameters of seed 0 until <see cref="Module.Initialize"/> draws others.</summary>
    /// <exception cref="ArgumentException">A number is out of range.</exception>
    public abstract Module Create();

    /// <summary>The same with one of <see cref="Words"/> changed.</summary>
    /// <exception cref="ArgumentException">The family has no such option; the message names those that it has.</exception>
    /// <exception cref="FormatException">The option has no such value; the message names what is expected.</exception>
    public ResNetOptions With(string key, string word) => Set(key, word) ?? throw new ArgumentException(
        $"{Name} has no '{key}'; it has {string.Join(", ", Words.Select(pair => pair.Key))}. Leave it out.");

    /// <summary>The same with one word changed; null where there is no such key.</summary>
    protected virtual ResNetOptions? Set(string key, string word) => key switch
    {
        "step" => this with { Step = CoefficientSpec.Parse(word) },
        "skip" => this with { Skip = CoefficientSpec.Parse(word) },
        "integrator" => this with { Integrator = OptionWord.Parse<Integrator>(key, word) },
        "drop-path" => this with { DropPath = OptionWord.Share(key, word) },
        "init" => this with { Init = Initialization.Parse(word) },
        "norm" => this with { Norm = OptionWord.Parse<Normalization>(key, word) },
        "width" => this with { Width = OptionWord.Number(key, word) },
        _ => null,
    };

    /// <summary>Checks what all networks share.</summary>
    /// <exception cref="ArgumentException">A number is out of range.</exception>
    internal void Check()
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(Classes, 2);
        ArgumentOutOfRangeException.ThrowIfLessThan(Width, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(Item.ItemCount, 1);
    }

    /// <summary>Channels of an image; what a family of image networks asks of an item.</summary>
    private protected int ImageChannels(Shape item) => item.Dims.Length == 3 ? item.Dims[0] : throw new ArgumentException(
        $"{Name} reads images [channels, height, width], not {item}. Choose a network for such items, or a data set of images.");

    /// <summary>What gives the blocks of a network their coefficients.</summary>
    /// <param name="blocks">Residual blocks, L.</param>
    internal BlockPlan Plan(int blocks) => new(Skip, Step, blocks, DropPath, Integrator);

    /// <summary>The next residual block as the options want it.</summary>
    /// <param name="plan">Made by <see cref="Plan"/>, and a part of the network.</param>
    /// <param name="stage">Name of the stage.</param>
    /// <param name="inChannels">Channels read.</param>
    /// <param name="outChannels">Channels written.</param>
    /// <param name="stride">How much smaller the block makes height and width.</param>
    /// <param name="own">The family's branch.</param>
    /// <param name="activation">The function behind the sum.</param>
    /// <param name="shortcut">Null for the identity.</param>
    /// <param name="shortcutName">What a projection is called.</param>
    internal ResidualBlock Block(
        BlockPlan plan, string stage, int inChannels, int outChannels, int stride, BranchFactory own, Activation activation,
        Module? shortcut = null, string shortcutName = "shortcut") =>
        plan.Block(stage, outChannels, (Branch ?? own)(inChannels, outChannels, stride), activation, shortcut, shortcutName);
}
