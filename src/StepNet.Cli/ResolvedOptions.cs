using System.CommandLine;
using System.Globalization;

namespace StepNet.Cli;

/// <summary>
/// Options of a command line and of a configuration file behind it, defaults put in. What came out is kept: that is a run's
/// <c>config.yaml</c>.
/// </summary>
/// <param name="line">The command line, which comes first.</param>
/// <param name="file">The configuration file; null for none.</param>
internal sealed class ResolvedOptions(ParseResult line, ParseResult? file = null)
{
    private readonly List<KeyValuePair<string, string>> _values = [];

    /// <summary>What <c>Value</c> gave, by names without dashes, in the order of reading; options without a value are left out.</summary>
    internal IReadOnlyList<KeyValuePair<string, string>> Values => _values;

    /// <summary>The value of an option that shapes the result; <paramref name="otherwise"/> where it was not given.</summary>
    internal T Value<T>(Option<T?> option, T otherwise)
        where T : struct => Keep(option, Unkept(option) ?? otherwise);

    /// <inheritdoc cref="Value{T}(Option{T?}, T)"/>
    internal T Value<T>(Option<T?> option, T otherwise)
        where T : class => Keep(option, Unkept(option) ?? otherwise);

    /// <summary>The value of an option that shapes the result; the type's default where it was not given.</summary>
    internal T? Value<T>(Option<T> option) => Keep(option, Unkept(option));

    /// <summary>A folder or file that shapes the result, kept with its full path; null where it was not given.</summary>
    internal string? Path(Option<string?> option)
    {
        string? path = Unkept(option);
        _ = Keep(option, path is null ? null : System.IO.Path.GetFullPath(path));
        return path;
    }

    /// <summary>Whether an option was given, on the command line or in the file.</summary>
    internal bool IsGiven(Option option) => Has(line, option) || (file is not null && Has(file, option));

    /// <summary>The value of an option that says how or where to show the result, and so is not kept.</summary>
    internal T? Unkept<T>(Option<T> option)
    {
        // Asked first: of an array that was not given, the parser makes an empty one.
        ParseResult? source = Has(line, option) ? line : file is not null && Has(file, option) ? file : null;
        return source is null ? default : source.GetValue(option);
    }

    private static bool Has(ParseResult parsed, Option option) => parsed.GetResult(option) is { Implicit: false };

    private T Keep<T>(Option option, T value)
    {
        string? text = value switch
        {
            null => null,
            bool flag => flag ? "true" : "false",
            int[] numbers => string.Join(',', numbers),
            _ => string.Create(CultureInfo.InvariantCulture, $"{value}"),
        };
        if (text is not null)
        {
            _values.Add(new(option.Name.TrimStart('-'), text));
        }

        return value;
    }
}
