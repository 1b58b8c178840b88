using System.Globalization;
using System.Text;

namespace StepNet.Experiments.Charts;

/// <summary>
/// How wide text is at most, in whatever font a reader has. An SVG cannot ask, so the widest of the fonts that the style sheet
/// names (DejaVu Sans) is taken: labels then collide nowhere, and stand a little loosely in narrower fonts.
/// </summary>
internal static class TextMetrics
{
    /// <summary>From one line of text to the next, in font sizes; over the 1.17 that ascent and descent take.</summary>
    internal const double LineHeight = 1.3;

    // Bold letters are wider by 13 % on average, narrow ones by up to 27 %.
    private const double Bold = 1.27;

    // Advance widths of U+0020 to U+007E in hundredths of the font size, rounded up.
    private static ReadOnlySpan<byte> Ascii =>
    [
        32, 41, 46, 84, 64, 96, 78, 28, 40, 40, 50, 84, 32, 37, 32, 34, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 34, 34, 84, 84, 84, 54,
        100, 69, 69, 70, 78, 64, 58, 78, 76, 30, 30, 66, 56, 87, 75, 79, 61, 79, 70, 64, 62, 74, 69, 99, 69, 62, 69, 40, 34, 40, 84, 50,
        50, 62, 64, 55, 64, 62, 36, 64, 64, 28, 28, 58, 28, 98, 64, 62, 64, 64, 42, 53, 40, 64, 60, 82, 60, 60, 53, 64, 34, 64, 84,
    ];

    /// <summary>Width in pixels at a font size in pixels.</summary>
    internal static double Width(string text, double size, bool bold = false)
    {
        double width = 0;
        foreach (Rune rune in text.EnumerateRunes())
        {
            width += Width(rune);
        }

        return width * size * (bold ? Bold : 1);
    }

    /// <summary>Breaks a text into lines of at most a width, at spaces where there are some; never empty.</summary>
    internal static IReadOnlyList<string> Wrap(string text, double width, double size, bool bold = false)
    {
        List<string> lines = [];
        foreach (string paragraph in text.ReplaceLineEndings("\n").Split('\n'))
        {
            string line = "";
            foreach (string word in paragraph.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            {
                string rest = word;
                if (line.Length > 0 && Width($"{line} {word}", size, bold) <= width)
                {
                    line = $"{line} {word}";
                    continue;
                }

                if (line.Length > 0)
                {
                    lines.Add(line);
                }

                for (int fits; (fits = Fitting(rest, width, size, bold)) < rest.Length; rest = rest[fits..])
                {
                    lines.Add(rest[..fits]);
                }

                line = rest;
            }

            lines.Add(line);
        }

        return lines;
    }

    /// <summary>The text, or as much of its beginning as a width holds, with an ellipsis.</summary>
    internal static string Shorten(string text, double width, double size) => Width(text, size) <= width
        ? text
        : text[..Fitting(text, width - size, size, bold: false)].TrimEnd() + "…";

    // Length of the longest beginning within the width, whole characters, at least one.
    private static int Fitting(string text, double width, double size, bool bold)
    {
        int length = 0;
        double used = 0;
        foreach (Rune rune in text.EnumerateRunes())
        {
            used += Width(rune) * size * (bold ? Bold : 1);
            if (used > width && length > 0)
            {
                break;
            }

            length += rune.Utf16SequenceLength;
        }

        return length;
    }

    private static double Width(Rune rune) => rune.Value switch
    {
        >= ' ' and <= '~' => Ascii[rune.Value - ' '] / 100.0,
        >= '⁰' and <= '₎' => 0.55,
        '−' or '×' => 0.84,
        '·' => 0.32,
        '–' => 0.5,
        > 0xFFFF => 1.4,
        _ when Rune.GetUnicodeCategory(rune) == UnicodeCategory.NonSpacingMark => 0,
        _ => 1.1,
    };
}
