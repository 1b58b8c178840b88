using System.Globalization;

namespace StepNet.Models;

/// <summary>Options as the words of the command line and of model files.</summary>
internal static class OptionWord
{
    public static string Of<T>(T value)
        where T : struct, Enum =>
#pragma warning disable CA1308 // Lower case is the form of these words.
        value.ToString().ToLowerInvariant();
#pragma warning restore CA1308

    /// <summary>Reads a word of <see cref="Of{T}(T)"/>.</summary>
    /// <exception cref="FormatException">No such word; the message lists them.</exception>
    public static T Parse<T>(string key, string word)
        where T : struct, Enum
    {
        T[] values = Enum.GetValues<T>();
        int index = Array.FindIndex(values, value => Of(value) == word);
        return index >= 0 ? values[index] : throw new FormatException($"'{key}' = '{word}', expected {string.Join(" or ", values.Select(Of))}");
    }

    public static string Of(int number) => number.ToString(CultureInfo.InvariantCulture);

    /// <summary>Reads a whole number from 1 on.</summary>
    /// <exception cref="FormatException">It is none.</exception>
    public static int Number(string key, string word) =>
        int.TryParse(word, NumberStyles.None, CultureInfo.InvariantCulture, out int number) && number > 0
            ? number : throw new FormatException($"'{key}' = '{word}', expected a whole number from 1 on");

    public static string Of(double number) => number.ToString(CultureInfo.InvariantCulture);

    /// <summary>Reads a share, 0 or more and below 1.</summary>
    /// <exception cref="FormatException">It is none.</exception>
    public static double Share(string key, string word) =>
        double.TryParse(word, NumberStyles.Float, CultureInfo.InvariantCulture, out double share) && share is >= 0 and < 1
            ? share : throw new FormatException($"'{key}' = '{word}', expected a number from 0 to below 1");
}
