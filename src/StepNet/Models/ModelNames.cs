using System.Globalization;

namespace StepNet.Models;

/// <summary>Reads model names such as <c>resnet20</c>.</summary>
public static class ModelNames
{
    private const string Prefix = "resnet";
    private const int MinDepth = 8;
    private const int MaxDepth = 60_002;

    /// <summary>Depth of the CIFAR ResNet of that name, <c>resnet20</c> or <c>cifar-resnet20</c>.</summary>
    /// <exception cref="ArgumentException">No such model; the message names the nearest.</exception>
    public static int CifarDepth(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        string family = name.StartsWith("cifar-", StringComparison.Ordinal) ? name["cifar-".Length..] : name;
        string digits = family[family.AsSpan().TrimEnd("0123456789").Length..];
        if (!int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out int depth))
        {
            throw new ArgumentException($"'{name}' is no model. Expected resnetD with D = 6n + 2: resnet8, resnet20, resnet110, ...");
        }

        int below = Math.Clamp(((depth - 2) / 6 * 6) + 2, MinDepth, MaxDepth);
        if (depth != below)
        {
            below = Math.Min(below, MaxDepth - 6);
            throw new ArgumentException($"'{name}' is no model: the depth must be 6n + 2. Nearest: resnet{below}, resnet{below + 6}.");
        }

        if (family != Prefix + digits)
        {
            throw new ArgumentException($"'{name}' is no model. Nearest: resnet{depth}.");
        }

        return depth;
    }
}
