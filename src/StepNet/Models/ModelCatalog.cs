using System.Globalization;

namespace StepNet.Models;

/// <summary>All families of networks, and the way from a name to a network.</summary>
public static class ModelCatalog
{
    // A name may say which ResNet it means; the short form is the usual one.
    internal const string LongForm = "cifar-";
    private const int MaxBlocks = 10_000;

    /// <summary>The families, images first.</summary>
    public static IReadOnlyList<ModelFamily> Families { get; } =
    [
        new("resnet", "CIFAR ResNet of two 3x3 convolutions a block (He et al. 2016)", "6n + 2", [20, 32, 44, 56, 110, 218],
            NearestCifarDepths, depth => new CifarResNetOptions { Depth = depth }),
        new("imagenet-resnet", "ResNet for larger images with torchvision's names (He et al. 2016)", "18, 34 or 50", ImageNetResNet.Depths,
            depth => Nearest(ImageNetResNet.Depths, depth), depth => new ImageNetResNetOptions { Depth = depth }),
        new("adaresnet", "AdaResNet's network of 18 layers with Keras's habits (Su 2024)", "18", [18],
            _ => [18], _ => new AdaResNet18Options()),
        new("keras-resnet", "Keras's ResNet50 of bottleneck blocks", "50", [50], _ => [50], _ => new KerasResNet50Options()),
        new("text-resnet", "text ResNet over characters, VDCNN with shortcuts (Conneau et al. 2017)", "9, 17, 29 or 49", TextResNet.Depths,
            depth => Nearest(TextResNet.Depths, depth), depth => new TextResNetOptions { Depth = depth }),
        new("text-rnn", "recurrent residual cell over the first N characters, one step h a character", $"1 to {TextRnnOptions.MaxSteps:n0}", [128],
            steps => [Math.Clamp(steps, 1, TextRnnOptions.MaxSteps)], steps => new TextRnnOptions { Steps = steps, Length = steps }),
        new("point-resnet", "ResNet of N blocks of two affine maps, for points", $"1 to {MaxBlocks:n0}", [10],
            blocks => [Math.Clamp(blocks, 1, MaxBlocks)], blocks => new PointResNetOptions { Blocks = blocks }),
    ];

    /// <summary>The network of a name such as <c>resnet20</c> or <c>text-resnet9</c>, with its family's defaults.</summary>
    /// <exception cref="ArgumentException">No such network; the message names the nearest, or all families.</exception>
    public static ResNetOptions Options(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        string stem = name.TrimEnd([.. "0123456789"]);
        string prefix = name switch
        {
            // No CIFAR ResNet has 18 or 34 layers, so these names have one meaning.
            "resnet18" or "resnet34" => "imagenet-resnet",
            "resnet50" => throw new ArgumentException(
                "'resnet50' is three networks: imagenet-resnet50 (torchvision's), keras-resnet50 and cifar-resnet50. Give one of these names."),
            _ => stem == $"{LongForm}resnet" ? "resnet" : stem,
        };
        ModelFamily? family = Families.FirstOrDefault(family => family.Prefix == prefix);
        return family is not null && int.TryParse(name[stem.Length..], NumberStyles.None, CultureInfo.InvariantCulture, out int number)
            ? family.Options(number)
            : throw new ArgumentException(
                $"'{name}' is no model. Expected {string.Join(", ", Families.Select(family => family.Pattern))}, N a number: "
                + $"{string.Join(", ", Families.Select(family => family.Examples[0]))}.");
    }

    private static int[] NearestCifarDepths(int depth)
    {
        int below = Math.Clamp(((depth - 2) / 6 * 6) + 2, 8, (6 * MaxBlocks) + 2);
        return depth == below ? [depth] : below == (6 * MaxBlocks) + 2 ? [below - 6, below] : [below, below + 6];
    }

    private static int[] Nearest(IReadOnlyList<int> depths, int depth) =>
        [.. depths.OrderBy(near => Math.Abs((long)near - depth)).Take(depths.Contains(depth) ? 1 : 2).Order()];
}
