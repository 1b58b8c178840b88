using StepNet.Graph;
using StepNet.Nn;

namespace StepNet.Models;

/// <summary>What makes one <see cref="TextRnn"/> differ from another.</summary>
/// <remarks>No stochastic depth: <see cref="ResNetOptions.DropPath"/> stays 0, since the cell is one block, used at every step.</remarks>
public sealed record TextRnnOptions : ResNetOptions
{
    /// <summary>Most steps: the graph grows with them.</summary>
    public const int MaxSteps = 1024;

    private const string DropPathKey = "drop-path";

    /// <summary>Options of our choice: a state of 64 numbers, no norm, AG's news' four classes.</summary>
    public TextRnnOptions() => (Width, Classes, Norm) = (64, 4, Normalization.None);

    /// <summary>Steps in time: characters read from the start of a text, 1 to <see cref="MaxSteps"/>.</summary>
    public int Steps { get; init; } = 128;

    /// <summary>Different tokens: ids run from 0 to one less. 69 are the paper's characters, with padding and unknown.</summary>
    public int Vocabulary { get; init; } = 69;

    /// <inheritdoc/>
    public override int? TextVocabulary => Vocabulary;

    /// <summary>Characters of a text, at least <see cref="Steps"/>; what lies behind them is not read.</summary>
    public int Length { get; init; } = 128;

    /// <inheritdoc/>
    public override string Name => $"text-rnn{OptionWord.Of(Steps)}";

    /// <inheritdoc/>
    public override Shape Item => Shape.Of(Length);

    /// <inheritdoc/>
    public override IReadOnlyList<KeyValuePair<string, string>> Words =>
        [.. base.Words.Where(pair => pair.Key != DropPathKey), new("vocabulary", OptionWord.Of(Vocabulary))];

    /// <inheritdoc/>
    public override ResNetOptions For(Shape item, int classes) =>
        item.Dims.Length != 1 ? throw new ArgumentException($"{Name} reads texts [L], not {item}. Choose an image network, or a text data set.")
        : item.Dims[0] < Steps ? throw new ArgumentException(
            $"{Name} reads {Steps} characters, and the texts have {item.Dims[0]}. Choose text-rnn{item.Dims[0]}, or a greater --length.")
        : this with { Length = item.Dims[0], Classes = classes };

    /// <inheritdoc/>
    public override Module Create() => new TextRnn(this);

    /// <inheritdoc/>
    protected override ResNetOptions? Set(string key, string word) => key switch
    {
        "vocabulary" => this with { Vocabulary = OptionWord.Number(key, word) },
        DropPathKey => null,
        _ => base.Set(key, word),
    };
}
