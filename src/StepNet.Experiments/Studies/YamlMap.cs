using System.Globalization;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace StepNet.Experiments.Studies;

/// <summary>A mapping of a YAML file whose every error says file, line, what came and what was expected.</summary>
/// <param name="file">The file, for messages.</param>
/// <param name="node">The mapping.</param>
/// <param name="what">What it describes: <c>a measure</c>.</param>
internal sealed class YamlMap(string file, YamlMappingNode node, string what)
{
    private readonly List<KeyValuePair<string, YamlNode>> _entries = [.. node.Children.Select(child => KeyValuePair.Create($"{child.Key}", child.Value))];

    /// <summary>File and line.</summary>
    internal string Place => At(node);

    /// <summary>Keys and values, in the order of the file.</summary>
    internal IReadOnlyList<KeyValuePair<string, YamlNode>> Entries => _entries;

    /// <summary>Reads a file.</summary>
    /// <exception cref="StudyException">It cannot be read, or is no single mapping.</exception>
    internal static YamlMap Read(string path, string what)
    {
        YamlStream yaml = [];
        try
        {
            using StreamReader reader = new(path);
            yaml.Load(reader);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StudyException($"'{path}' cannot be read ({e.Message.TrimEnd('.')}). Name a study file, or the folder of a study.");
        }
        catch (YamlException e)
        {
            throw new StudyException($"{path}:{e.Start.Line}: no YAML ({e.Message.ReplaceLineEndings(" ").TrimEnd('.')}). See docs/studies.md for an example.");
        }
        catch (InvalidOperationException)
        {
            // What the scanner throws at a list that never ends.
            throw new StudyException($"{path}: no YAML: a bracket is not closed. See docs/studies.md for an example.");
        }

        return yaml.Documents is [{ RootNode: YamlMappingNode root }] ? new YamlMap(path, root, what) : throw new StudyException(
            $"{path}: expected one YAML mapping that describes {what}. See docs/studies.md for an example.");
    }

    /// <summary>File and line of a value.</summary>
    internal string At(YamlNode value) => $"{file}:{value.Start.Line}";

    /// <summary>Refuses keys but these.</summary>
    internal YamlMap Allow(params string[] keys)
    {
        foreach (YamlNode key in node.Children.Keys)
        {
            if (!keys.Contains($"{key}"))
            {
                throw new StudyException($"{At(key)}: '{key}' is no key of {what}.{Nearest.Hint($"{key}", keys)} It has {string.Join(", ", keys)}.");
            }
        }

        return this;
    }

    /// <summary>The value of a key; null where it is absent.</summary>
    internal YamlNode? Find(string key) => _entries.FirstOrDefault(entry => entry.Key == key).Value;

    /// <summary>This with entries of another mapping in their place or added; mappings inside are joined to a depth.</summary>
    internal YamlMap With(YamlMap other, int depth)
    {
        YamlMappingNode joined = new() { };
        foreach ((YamlNode key, YamlNode value) in node.Children)
        {
            joined.Add(key, other.Find($"{key}") is not YamlNode over ? value
                : depth > 0 && value is YamlMappingNode a && over is YamlMappingNode b ? new YamlMap(file, a, what).With(new YamlMap(file, b, what), depth - 1).Node
                : over);
        }

        foreach ((YamlNode key, YamlNode value) in other.Node.Children)
        {
            if (Find($"{key}") is null)
            {
                joined.Add(key, value);
            }
        }

        return new YamlMap(file, joined, what);
    }

    private YamlMappingNode Node => node;

    /// <summary>A text; null where it is absent.</summary>
    internal string? Text(string key) => Find(key) is YamlNode value ? Scalar(value, $"'{key}'") : null;

    /// <summary>A text that must be there.</summary>
    internal string Required(string key) => Text(key)
        ?? throw new StudyException($"{Place}: {what} needs '{key}'. Add it.");

    /// <summary>A number in a range; null where it is absent.</summary>
    internal double? Number(string key, double min, double max)
    {
        if (Text(key) is not string text)
        {
            return null;
        }

        return double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double value) && value >= min && value <= max
            ? value
            : throw new StudyException($"{At(Find(key)!)}: {key}: '{text}', expected a number"
                + (min == double.MinValue ? "." : string.Create(CultureInfo.InvariantCulture, $", {min:g6}{(max == double.MaxValue ? " or more" : $" to {max:g6}")}.")));
    }

    /// <summary>A whole number in a range; null where it is absent.</summary>
    internal int? Integer(string key, int min, int max) => Text(key) is not string text ? null
        : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int value) && value >= min && value <= max ? value
        : throw new StudyException($"{At(Find(key)!)}: {key}: '{text}', expected an integer, {min} to {max}.");

    /// <summary>True or false; null where it is absent.</summary>
    internal bool? Flag(string key) => Text(key) is not string text ? null
        : bool.TryParse(text, out bool value) ? value
        : throw new StudyException($"{At(Find(key)!)}: {key}: '{text}', expected true or false.");

    /// <summary>One of some words; the first where it is absent.</summary>
    internal int Word(string key, params string[] words) => Text(key) is not string text ? 0
        : Array.IndexOf(words, text) is >= 0 and int index ? index
        : throw new StudyException($"{At(Find(key)!)}: {key}: '{text}', expected {string.Join(" or ", words)}.{Nearest.Hint(text, words)}");

    /// <summary>A mapping inside; null where it is absent.</summary>
    internal YamlMap? Map(string key, string described) => Find(key) is YamlNode value ? Map(value, key, described) : null;

    /// <summary>A value as a mapping.</summary>
    internal YamlMap Map(YamlNode value, string key, string described) => value is YamlMappingNode map ? new YamlMap(file, map, described)
        : throw new StudyException($"{At(value)}: '{key}' is no mapping; expected lines 'name: value' that describe {described}.");

    /// <summary>A list of mappings, or one alone; empty where it is absent.</summary>
    internal IReadOnlyList<YamlMap> Maps(string key, string described) => Find(key) switch
    {
        null => [],
        YamlSequenceNode list => [.. list.Children.Select(item => Map(item, key, described))],
        YamlNode one => [Map(one, key, described)],
    };

    /// <summary>A scalar, or the scalars of a list.</summary>
    internal IReadOnlyList<string> Texts(YamlNode value, string key) => value is YamlSequenceNode list
        ? [.. list.Children.Select(item => Scalar(item, $"an item of '{key}'"))]
        : [Scalar(value, $"'{key}'")];

    /// <summary>A scalar that is not empty.</summary>
    internal string Scalar(YamlNode value, string name) => value is YamlScalarNode { Value: { Length: > 0 } text } ? text
        : throw new StudyException($"{At(value)}: {name} is no single value; expected one, such as 0.1.");
}
