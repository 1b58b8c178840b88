using System.Globalization;

namespace StepNet.Experiments.Charts;

/// <summary>The colours.</summary>
internal static class Palette
{
    // Okabe and Ito (2008) without yellow, which white paper swallows; black becomes the ink of the theme.
    private static readonly string[] Categorical = ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#1b1f23"];
    private static readonly string[] CategoricalDark = ["#3d9be0", "#e8743b", "#1fb98c", "#d98fb8", "#e6a817", "#8ccff5", "#e6e8ea"];

    private static readonly int[] Viridis =
        [0x440154, 0x472d7b, 0x3b528b, 0x2c728e, 0x21918c, 0x28ae80, 0x5ec962, 0xaddc30, 0xfde725];

    private static readonly int[] RedBlue =
        [0x2166ac, 0x4393c3, 0x92c5de, 0xd1e5f0, 0xf7f7f7, 0xfddbc7, 0xf4a582, 0xd6604d, 0xb2182b];

    /// <summary>Series of different colour; further ones differ in dashes and marker.</summary>
    internal static int Count => Categorical.Length;

    /// <summary>The style sheet of a figure; scoped to its theme, so that a page can hold figures of several.</summary>
    internal static string StyleSheet(Theme theme)
    {
        List<(string Selector, string Property, string Light, string Dark)> roles =
        [
            ("paper", "fill", "#ffffff", "#14171a"), ("ink", "fill", "#1b1f23", "#e6e8ea"), ("soft", "fill", "#57606a", "#a3abb3"),
            ("edge", "stroke", "#57606a", "#8b949e"), ("grid", "stroke", "#e6e8eb", "#2b3037"), ("halo", "stroke", "#ffffff", "#14171a"),
            ("void", "fill", "#e6e8eb", "#2b3037"), ("cross", "stroke", "#1b1f23", "#e6e8ea"),
            ("on-bright", "fill", "#000000", "#000000"), ("on-dark", "fill", "#ffffff", "#ffffff"),
        ];
        for (int i = 0; i < Count; i++)
        {
            roles.Add(($"f{i}", "fill", Categorical[i], CategoricalDark[i]));
            roles.Add(($"l{i}", "stroke", Categorical[i], CategoricalDark[i]));
        }

        string scope = "." + ScopeOf(theme);
        string Rules(bool dark) => string.Concat(roles.Select(role =>
            $"{scope} .{role.Selector}{{{role.Property}:{(dark ? role.Dark : role.Light)}}}"));
        return Rules(theme == Theme.Dark)
            + (theme == Theme.Auto ? $"@media screen and (prefers-color-scheme:dark){{{Rules(dark: true)}}}" : "");
    }

    /// <summary>Class of the root element.</summary>
    internal static string ScopeOf(Theme theme) => theme switch
    {
        Theme.Light => "stepnet-light",
        Theme.Dark => "stepnet-dark",
        _ => "stepnet-auto",
    };

    /// <summary>Colour of a place in [0, 1].</summary>
    internal static string Colour(ColourScale scale, double place)
    {
        (int r, int g, int b) = Mix(scale, place);
        return string.Create(CultureInfo.InvariantCulture, $"#{r:x2}{g:x2}{b:x2}");
    }

    /// <summary>Whether black text stands out on a colour more than white.</summary>
    internal static bool IsBright(ColourScale scale, double place)
    {
        (int r, int g, int b) = Mix(scale, place);
        return (0.2126 * Linear(r)) + (0.7152 * Linear(g)) + (0.0722 * Linear(b)) > 0.179;

        // WCAG 2: relative luminance of sRGB; at 0.179 black and white contrast alike.
        static double Linear(int channel) => Math.Pow(((channel / 255.0) + 0.055) / 1.055, 2.4);
    }

    private static (int R, int G, int B) Mix(ColourScale scale, double place)
    {
        int[] anchors = scale == ColourScale.Diverging ? RedBlue : Viridis;
        double at = Math.Clamp(place, 0, 1) * (anchors.Length - 1);
        int below = Math.Min((int)at, anchors.Length - 2);
        return (Channel(16), Channel(8), Channel(0));

        int Channel(int shift)
        {
            int from = (anchors[below] >> shift) & 255, to = (anchors[below + 1] >> shift) & 255;
            return (int)Math.Round(from + ((at - below) * (to - from)));
        }
    }
}
