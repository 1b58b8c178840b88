using StepNet.Graph;
using StepNet.Nn;

namespace StepNet.Models;

/// <summary>What makes one <see cref="KerasResNet50"/> differ from another.</summary>
public sealed record KerasResNet50Options : ResNetOptions
{
    /// <summary>Options of Keras's network: bottlenecks of 64, 128, 256 and 512, blocks of four times as many channels.</summary>
    public KerasResNet50Options() => Width = 64;

    /// <summary>Channels of the images.</summary>
    public int InChannels { get; init; } = 3;

    /// <inheritdoc/>
    public override string Name => "keras-resnet50";

    /// <inheritdoc/>
    public override Shape Item => Shape.Of(InChannels, 32, 32);

    /// <inheritdoc/>
    public override ResNetOptions For(Shape item, int classes) =>
        this with { InChannels = ImageChannels(item), Classes = classes };

    /// <inheritdoc/>
    public override Module Create() => new KerasResNet50(this);
}
