using System.CommandLine;
using System.Text;
using System.Text.RegularExpressions;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace StepNet.Cli;

/// <summary>Options in a YAML file, a line each: <c>lr: 0.1</c> stands for <c>--lr 0.1</c>.</summary>
internal static partial class ConfigFile
{
    /// <summary>Reads a file as if its lines were options of <paramref name="command"/>.</summary>
    /// <param name="path">The file.</param>
    /// <param name="command">Whose options they are.</param>
    /// <param name="given">Options that the command line gives: what the file says of them is not looked at.</param>
    /// <param name="excluded">Options that no file can hold.</param>
    /// <exception cref="UsageException">The file cannot be read or holds what is no option; the message says where.</exception>
    internal static ParseResult Read(string path, Command command, IReadOnlyCollection<Option> given, params Option[] excluded)
    {
        Dictionary<string, Option> known = command.Options.Except(excluded).ToDictionary(option => option.Name[2..]);
        List<string> tokens = [];
        foreach ((YamlNode key, YamlNode value) in Load(path))
        {
            string place = $"{path}:{key.Start.Line}", name = $"{key}";
            if (!known.TryGetValue(name, out Option? option))
            {
                throw new UsageException(
                    $"{place}: '{name}' is no key.{Nearest.Hint(name, known.Keys)} Keys are the options of 'stepnet {command.Name} --help' without dashes.");
            }

            if (given.Contains(option))
            {
                continue;
            }

            string text = Text(value, place, name);
            if (option is Option<bool> && !bool.TryParse(text, out _))
            {
                throw new UsageException($"{place}: {option.Name}: '{text}', expected true or false.");
            }

            // Each alone first, so that the parser's message gets its line.
            string token = $"{option.Name}={text}";
            ParseResult alone = command.Parse([token]);
            tokens.Add(alone.Errors.Count == 0 ? token : throw new UsageException($"{place}: {ParseErrors.Explain(alone)}"));
        }

        return command.Parse(tokens);
    }

    /// <summary>The file that <see cref="Read"/> understands.</summary>
    /// <param name="comment">First line.</param>
    /// <param name="values">Option names without dashes, and their values.</param>
    internal static string Write(string comment, IEnumerable<KeyValuePair<string, string>> values)
    {
        StringBuilder yaml = new($"# {comment}\n");
        foreach ((string name, string value) in values)
        {
            string quoted = Plain().IsMatch(value) ? value : $"'{value.Replace("'", "''", StringComparison.Ordinal)}'";
            _ = yaml.Append(null, $"{name}: {quoted}\n");
        }

        return yaml.ToString();
    }

    private static YamlMappingNode Load(string path)
    {
        YamlStream yaml = [];
        try
        {
            using StreamReader reader = new(path);
            yaml.Load(reader);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new UsageException($"--config '{path}' cannot be read ({e.Message.TrimEnd('.')}). Name a YAML file of options.");
        }
        catch (YamlException e)
        {
            throw new UsageException(
                $"{path}:{e.Start.Line}: no YAML ({ParseErrors.OneLine(e.Message).TrimEnd('.')}). Expected lines such as 'lr: 0.1'.");
        }
        catch (InvalidOperationException)
        {
            // What the scanner throws at a list that never ends.
            throw new UsageException($"{path}: no YAML: a bracket is not closed. Expected lines such as 'lr: 0.1'.");
        }

        return yaml.Documents.Count switch
        {
            0 => new YamlMappingNode(),
            1 => yaml.Documents[0].RootNode as YamlMappingNode
                ?? throw new UsageException($"{path}:{yaml.Documents[0].RootNode.Start.Line}: no options. Expected lines such as 'lr: 0.1'."),
            int n => throw new UsageException($"{path}:{yaml.Documents[1].RootNode.Start.Line}: the first of {n - 1} further documents; expected one."),
        };
    }

    private static string Text(YamlNode value, string place, string name) => value switch
    {
        YamlScalarNode { Value: { Length: > 0 } text } => text,
        YamlSequenceNode items when items.Children.Count > 0 && items.All(item => item is YamlScalarNode) => string.Join(',', items),
        YamlScalarNode => throw new UsageException($"{place}: '{name}' has no value. Give one, or delete the line for the default."),
        _ => throw new UsageException($"{place}: '{name}' holds more than a value. Expected a line such as 'lr: 0.1'."),
    };

    // What YAML reads as one word without quotes; a colon inside is no separator.
    [GeneratedRegex(@"^[\w./+-][\w./:,+-]*\z(?<!:)")]
    private static partial Regex Plain();
}
