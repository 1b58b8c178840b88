using System.Globalization;

namespace StepNet.Models;

/// <summary>Reads model names such as <c>resnet20</c>.</summary>
public static class ModelNames
{
    private const string Prefix = "resnet";

    /// <summary>Depth of the CIFAR ResNet of that name, <c>resnet20</c> or <c>cifar-resnet20</c>.</summary>
    /// <exception cref="ArgumentException">No such model; the message names the nearest.</exception>
    public static int CifarDepth(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        string family = name.StartsWith("cifar-", StringComparison.Ordinal) ? name["cifar-".Length..] : name;
        if (!family.StartsWith(Prefix, StringComparison.Ordinal)
            || !int.TryParse(family[Prefix.Length..], NumberStyles.None, CultureInfo.InvariantCulture, out int depth))
        {
            throw new ArgumentException($"'{name}' is no model. Expected resnetD with D = 6n + 2: resnet8, resnet20, resnet110, ...");
        }

        if (depth < 8 || depth > 60_002 || (depth - 2) % 6 != 0)
        {
            int below = Math.Clamp(((depth - 2) / 6 * 6) + 2, 8, 59_996);
            throw new ArgumentException($"'{name}' is no model: the depth must be 6n + 2. Nearest: resnet{below}, resnet{below + 6}.");
        }

        return depth;
    }
}
