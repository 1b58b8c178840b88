using StepNet.Nn;

namespace StepNet.Models;

/// <summary>What makes one <see cref="CifarResNet"/> differ from another.</summary>
public sealed record CifarResNetOptions
{
    /// <summary>Layers, 6n + 2 with n at least 1: 8, 14, 20, 32, 44, 56, 110, 218, 1202, ...</summary>
    public int Depth { get; init; } = 20;

    /// <summary>Step factor h.</summary>
    public CoefficientSpec Step { get; init; } = 1.0;

    /// <summary>Skip weight s.</summary>
    public CoefficientSpec Skip { get; init; } = 1.0;

    /// <summary>Where normalisation and activation stand.</summary>
    public BlockOrder Order { get; init; } = BlockOrder.Post;

    /// <summary>Normalisation in the branches.</summary>
    public Normalization Norm { get; init; } = Normalization.Batch;

    /// <summary>Shortcut where width and stride change.</summary>
    public ShortcutKind Shortcut { get; init; } = ShortcutKind.Projection;

    /// <summary>Classes, at least 2.</summary>
    public int Classes { get; init; } = 10;

    /// <summary>Channels of the images.</summary>
    public int InChannels { get; init; } = 3;
}
