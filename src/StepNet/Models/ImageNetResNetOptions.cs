using StepNet.Graph;
using StepNet.Nn;

namespace StepNet.Models;

/// <summary>What makes one <see cref="ImageNetResNet"/> differ from another.</summary>
public sealed record ImageNetResNetOptions : ResNetOptions
{
    /// <summary>Options of the published networks: 64 channels, then 128, 256 and 512; bottleneck blocks write four times as many.</summary>
    public ImageNetResNetOptions() => Width = 64;

    /// <summary>
    /// Mean per channel, for pixels in [0, 1], that images had when the published weights were trained on ImageNet: red, green, blue.
    /// </summary>
    public static IReadOnlyList<float> PublishedMean { get; } = [0.485f, 0.456f, 0.406f];

    /// <summary>Standard deviation per channel that goes with <see cref="PublishedMean"/>.</summary>
    public static IReadOnlyList<float> PublishedStd { get; } = [0.229f, 0.224f, 0.225f];

    /// <summary>Layers: 18 or 34, of two 3x3 convolutions a block, or 50, of bottlenecks.</summary>
    public int Depth { get; init; } = 18;

    /// <summary>Channels of the images.</summary>
    public int InChannels { get; init; } = 3;

    /// <inheritdoc/>
    public override string Name => $"imagenet-resnet{OptionWord.Of(Depth)}";

    /// <inheritdoc/>
    public override Shape Item => Shape.Of(InChannels, 224, 224);

    /// <inheritdoc/>
    public override ResNetOptions For(Shape item, int classes) =>
        this with { InChannels = ImageChannels(item), Classes = classes };

    /// <inheritdoc/>
    public override Module Create() => new ImageNetResNet(this);
}
