using System.CommandLine;
using System.Globalization;
using System.Numerics;

namespace StepNet.Cli;

/// <summary>Options whose wrong values give one line: which option, what came, what is expected.</summary>
internal static class Options
{
    /// <summary>A number in [<paramref name="min"/>, <paramref name="max"/>]; null where not given.</summary>
    /// <param name="name">With its dashes.</param>
    /// <param name="unit">What stands for the value in the help.</param>
    /// <param name="min">Least value.</param>
    /// <param name="max">Greatest value.</param>
    /// <param name="description">The help, to which the range is added.</param>
    /// <param name="otherwise">What holds without the option.</param>
    internal static Option<T?> Number<T>(string name, string unit, T min, T max, string description, string otherwise)
        where T : struct, INumber<T>, IMinMaxValue<T>
    {
        string format = typeof(T) == typeof(double) ? "g6" : "n0";
        string least = min.ToString(format, CultureInfo.InvariantCulture);
        string range = max == T.MaxValue ? $"{least} or more" : $"{least} to {max.ToString(format, CultureInfo.InvariantCulture)}";
        return Of<T?>(name, unit, $"{description} ({range}). [default: {otherwise}]", text =>
            T.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out T value) && value >= min && value <= max
                ? value
                : throw new FormatException(
                    $"'{text}', expected {(typeof(T) == typeof(double) ? "a number" : "an integer")}, {range}."));
    }

    /// <summary>One of some words; null where not given.</summary>
    internal static Option<string?> Word(string name, string description, params string[] words)
    {
        Option<string?> option = Of<string?>(name, string.Join('|', words), description, text =>
            words.Contains(text) ? text : throw new FormatException(
                $"'{text}', expected {string.Join(" or ", words)}.{Nearest.Hint(text, words)}"));
        option.CompletionSources.Add(words);
        return option;
    }

    /// <summary>An option with a parser of its own, whose <see cref="FormatException"/> says what came and what is expected.</summary>
    internal static Option<T> Of<T>(string name, string unit, string description, Func<string, T> parse) => new(name)
    {
        HelpName = unit,
        Description = description,
        Arity = ArgumentArity.ExactlyOne,
        CustomParser = result =>
        {
            string text = result.Tokens[0].Value;
            try
            {
                return parse(text);
            }
            catch (FormatException e)
            {
                result.AddError($"{name}: {e.Message}");
                return default!;
            }
        },
    };
}
