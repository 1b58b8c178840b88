using System.Globalization;

namespace StepNet.Cli;

/// <summary>Lengths of time as users write them: <c>90s</c>, <c>30m</c>, <c>1.5h</c>.</summary>
internal static class TimeText
{
    /// <exception cref="FormatException">It is none, or not above 0.</exception>
    internal static TimeSpan Parse(string text)
    {
        double unit = text.Length == 0 ? 0 : text[^1] switch { 's' => 1, 'm' => 60, 'h' => 3600, _ => 0 };
        return unit > 0 && double.TryParse(text[..^1], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double count)
            && count * unit is >= 1 and <= 1e8
            ? TimeSpan.FromSeconds(count * unit)
            : throw new FormatException($"'{text}', expected a time of at least 1s such as 90s, 30m or 1.5h.");
    }
}
