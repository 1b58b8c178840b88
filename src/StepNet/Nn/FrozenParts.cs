namespace StepNet.Nn;

/// <summary>Which parts of a network a training leaves as they are, in words: <c>all-but-head</c>, or paths such as <c>conv1,layer1</c>.</summary>
public sealed class FrozenParts
{
    private const string AllButHead = "all-but-head";

    private readonly string _text;
    private readonly string[] _paths;

    private FrozenParts(string text, string[] paths) => (_text, _paths) = (text, paths);

    /// <summary>Reads <c>all-but-head</c>, or paths of modules with commas between them; a path stands for all parts below it.</summary>
    /// <exception cref="FormatException">A path is empty; the message is one line and says what is expected.</exception>
    public static FrozenParts Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        string[] paths = text == AllButHead ? [] : text.Split(',');
        return paths.All(path => path.Length > 0 && path == path.Trim('.', ' ')) ? new FrozenParts(text, paths)
            : throw new FormatException($"'{text}', expected {AllButHead}, or parts of the network such as conv1,bn1,layer1.");
    }

    /// <summary>Freezes these parts of a network: <see cref="Module.Freeze"/>.</summary>
    /// <exception cref="ArgumentException">The network has no such part, or nothing would be left to train.</exception>
    public void ApplyTo(Module network)
    {
        ArgumentNullException.ThrowIfNull(network);
        if (_paths.Length == 0)
        {
            Linear head = network.Head
                ?? throw new ArgumentException($"{AllButHead}: the network has no linear layer at its end. Name the parts to be frozen.");
            network.Freeze();
            head.Unfreeze();
            return;
        }

        foreach (string path in _paths)
        {
            Module[] parts = [.. network.Modules.Where(module => IsBelow(module.Path, path))];
            if (!parts.Any(module => module.Parameters.Any()))
            {
                IEnumerable<string> known = network.Parameters.Select(parameter => parameter.Name.Split('.')[0]).Distinct();
                throw new ArgumentException($"'{path}' is no part with parameters; the network has {string.Join(", ", known)}, "
                    + "and parts of these such as layer1.0. Name one of them.");
            }

            foreach (Module part in parts)
            {
                part.Freeze();
            }
        }

        if (network.Parameters.All(parameter => parameter.IsFrozen))
        {
            throw new ArgumentException($"'{_text}' leaves nothing to train. Name fewer parts.");
        }
    }

    /// <summary>As <see cref="Parse"/> reads it.</summary>
    public override string ToString() => _text;

    // layer1 holds layer1.0 and not layer10.
    private static bool IsBelow(string path, string top) =>
        path.StartsWith(top, StringComparison.Ordinal) && (path.Length == top.Length || path[top.Length] == '.');
}
