using StepNet.Graph;
using StepNet.Nn;

namespace StepNet.Models;

/// <summary>What makes one <see cref="CifarResNet"/> differ from another.</summary>
public sealed record CifarResNetOptions : ResNetOptions
{
    /// <summary>Options of the paper's network: 16 channels, then 32 and 64.</summary>
    public CifarResNetOptions() => Width = 16;

    /// <summary>Layers, 6n + 2 with n at least 1: 8, 14, 20, 32, 44, 56, 110, 218, 1202, ...</summary>
    public int Depth { get; init; } = 20;

    /// <summary>Where normalisation and activation stand.</summary>
    public BlockOrder Order { get; init; } = BlockOrder.Post;

    /// <summary>Shortcut where width and stride change.</summary>
    public ShortcutKind Shortcut { get; init; } = ShortcutKind.Projection;

    /// <summary>Channels of the images.</summary>
    public int InChannels { get; init; } = 3;

    /// <inheritdoc/>
    /// <remarks>With 50 layers <c>cifar-resnet50</c>: three families have a ResNet of so many.</remarks>
    public override string Name => $"{(Depth == 50 ? ModelCatalog.LongForm : "")}resnet{OptionWord.Of(Depth)}";

    /// <inheritdoc/>
    public override Shape Item => Shape.Of(InChannels, 32, 32);

    /// <inheritdoc/>
    public override IReadOnlyList<KeyValuePair<string, string>> Words =>
        [.. base.Words, new("order", OptionWord.Of(Order)), new("shortcut", OptionWord.Of(Shortcut))];

    /// <inheritdoc/>
    public override ResNetOptions For(Shape item, int classes) =>
        this with { InChannels = ImageChannels(item), Classes = classes };

    /// <inheritdoc/>
    public override Module Create() => new CifarResNet(this);

    /// <inheritdoc/>
    protected override ResNetOptions? Set(string key, string word) => key switch
    {
        "order" => this with { Order = OptionWord.Parse<BlockOrder>(key, word) },
        "shortcut" => this with { Shortcut = OptionWord.Parse<ShortcutKind>(key, word) },
        _ => base.Set(key, word),
    };
}
