using StepNet.Graph;
using StepNet.Nn;

namespace StepNet.Models;

/// <summary>What makes one <see cref="AdaResNet18"/> differ from another.</summary>
public sealed record AdaResNet18Options : ResNetOptions
{
    /// <summary>Options of the published network: 64 channels, then 128, 256 and 512.</summary>
    public AdaResNet18Options() => Width = 64;

    /// <summary>Channels of the images.</summary>
    public int InChannels { get; init; } = 3;

    /// <inheritdoc/>
    public override string Name => "adaresnet18";

    /// <inheritdoc/>
    public override Shape Item => Shape.Of(InChannels, 32, 32);

    /// <inheritdoc/>
    public override ResNetOptions For(Shape item, int classes) =>
        this with { InChannels = ImageChannels(item), Classes = classes };

    /// <inheritdoc/>
    public override Module Create() => new AdaResNet18(this);
}
