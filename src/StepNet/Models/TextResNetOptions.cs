using StepNet.Graph;
using StepNet.Nn;

namespace StepNet.Models;

/// <summary>What makes one <see cref="TextResNet"/> differ from another.</summary>
public sealed record TextResNetOptions : ResNetOptions
{
    /// <summary>Options of the paper's network and data, AG's news: 64 channels, then 128, 256 and 512; four classes.</summary>
    public TextResNetOptions() => (Width, Classes) = (64, 4);

    /// <summary>Convolutions of the blocks and the first: 9, 17, 29 or 49.</summary>
    public int Depth { get; init; } = 9;

    /// <summary>Where normalisation and activation stand.</summary>
    public BlockOrder Order { get; init; } = BlockOrder.Post;

    /// <summary>What stands behind the last stage.</summary>
    public TextHead Head { get; init; } = TextHead.KMax;

    /// <summary>Different tokens: ids run from 0 to one less. 69 are the paper's characters, with padding and unknown.</summary>
    public int Vocabulary { get; init; } = 69;

    /// <inheritdoc/>
    public override int? TextVocabulary => Vocabulary;

    /// <summary>Tokens of a text: at least 57 with the k-max head, whose 8 places are left after three halvings; else at least 1.</summary>
    public int Length { get; init; } = 1014;

    /// <inheritdoc/>
    public override string Name => $"text-resnet{OptionWord.Of(Depth)}";

    /// <inheritdoc/>
    public override Shape Item => Shape.Of(Length);

    /// <inheritdoc/>
    public override IReadOnlyList<KeyValuePair<string, string>> Words =>
    [
        .. base.Words, new("order", OptionWord.Of(Order)), new("head", OptionWord.Of(Head)),
        new("vocabulary", OptionWord.Of(Vocabulary)),
    ];

    /// <inheritdoc/>
    public override ResNetOptions For(Shape item, int classes) => item.Dims.Length == 1
        ? this with { Length = item.Dims[0], Classes = classes }
        : throw new ArgumentException($"{Name} reads texts [L], not {item}. Choose an image network, or a text data set.");

    /// <inheritdoc/>
    public override Module Create() => new TextResNet(this);

    /// <inheritdoc/>
    protected override ResNetOptions? Set(string key, string word) => key switch
    {
        "order" => this with { Order = OptionWord.Parse<BlockOrder>(key, word) },
        "head" => this with { Head = OptionWord.Parse<TextHead>(key, word) },
        "vocabulary" => this with { Vocabulary = OptionWord.Number(key, word) },
        _ => base.Set(key, word),
    };
}
