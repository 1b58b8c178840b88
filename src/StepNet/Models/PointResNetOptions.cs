using StepNet.Graph;
using StepNet.Nn;

namespace StepNet.Models;

/// <summary>What makes one <see cref="PointResNet"/> differ from another.</summary>
public sealed record PointResNetOptions : ResNetOptions
{
    /// <summary>
    /// Options of the paper's data, two moons: two classes, no norm, and blocks on the two numbers of a point. Where the width
    /// is another, an affine map comes first.
    /// </summary>
    public PointResNetOptions() => (Width, Classes, Norm) = (2, 2, Normalization.None);

    /// <summary>Residual blocks, at least 1.</summary>
    public int Blocks { get; init; } = 10;

    /// <summary>Numbers of a point.</summary>
    public int InFeatures { get; init; } = 2;

    /// <inheritdoc/>
    public override string Name => $"point-resnet{OptionWord.Of(Blocks)}";

    /// <inheritdoc/>
    public override Shape Item => Shape.Of(InFeatures);

    /// <inheritdoc/>
    public override ResNetOptions For(Shape item, int classes) => item.Dims.Length == 1
        ? this with { InFeatures = item.Dims[0], Classes = classes }
        : throw new ArgumentException($"{Name} reads points [features], not {item}. Choose an image network, or a set of points.");

    /// <inheritdoc/>
    public override Module Create() => new PointResNet(this);
}
