using System.Globalization;

namespace StepNet.Experiments.Studies;

/// <summary>What kinds of trial ask of a setting: null, or what came and what was expected, in a line (<see cref="ITrialKind.Check"/>).</summary>
internal static class SettingCheck
{
    /// <summary>One of some words.</summary>
    internal static string? Word(string key, string value, IReadOnlyList<string> words) => words.Contains(value) ? null
        : $"{key}: '{value}', expected {string.Join(" or ", words)}.{Nearest.Hint(value, words)}";

    /// <summary>A finite number above 0.</summary>
    internal static string? Positive(string key, string value) => CsvTable.Number(value) is > 0 and < double.PositiveInfinity ? null
        : $"{key}: '{value}', expected a number above 0.";

    /// <summary>A whole number.</summary>
    internal static string? Whole(string key, string value, int least = 1) =>
        int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out int number) && number >= least ? null
            : $"{key}: '{value}', expected a whole number, {least} or more.";
}
