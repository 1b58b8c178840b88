using System.Globalization;
using StepNet.Data;
using StepNet.Graph;

namespace StepNet.Cli;

/// <summary>What <c>--augment</c> asks for, such as <c>crop:4,flip</c>.</summary>
internal sealed class Augmentation
{
    private static readonly Kind[] s_kinds =
    [
        new("crop", Default: 4, Min: 1, Max: 1024, pixels => new RandomCrop((int)pixels)) { Whole = true },
        new("flip", Default: 0.5, Min: 0, Max: 1, probability => new HorizontalFlip(probability)),
        new("resized-crop", Default: 0.08, Min: 0.01, Max: 1, minArea => new RandomResizedCrop(minArea)),
        new("jitter", Default: 0.2, Min: 0, Max: 10, strength => new ColorJitter(strength, strength, strength)) { RawPixels = true },
        new("hue", Default: 0.1, Min: 0, Max: 0.5, shift => new ColorJitter(0, 0, 0, shift)) { RawPixels = true },
        new("cutout", Default: 8, Min: 1, Max: 1024, pixels => new Cutout((int)pixels)) { Whole = true },
        new("mixup", Default: 0.2, Min: 0.001, Max: 100, Make: null),
    ];

    private readonly string _text;
    private readonly (Kind Kind, double Value)[] _words;

    private Augmentation(string text, (Kind Kind, double Value)[] words)
    {
        (_text, _words) = (text, words);
        int mixup = Array.FindLastIndex(words, word => word.Kind.Make is null);
        Mixup = mixup < 0 ? null : new Mixup(words[mixup].Value);
    }

    /// <summary>The vocabulary, for help and errors.</summary>
    internal static string Words { get; } = string.Join(", ", s_kinds.Select(kind => kind.Name));

    /// <summary>Understands <c>none</c>, or words with commas between them, each with its number or without.</summary>
    /// <exception cref="FormatException">One line: the word, what was expected, and the nearest word.</exception>
    internal static Augmentation Parse(string text) => new(text, text == "none" ? [] : [.. text.Split(',').Select(Word)]);

    /// <summary>What mixes the items of a batch, in the end; null for nothing.</summary>
    internal Mixup? Mixup { get; }

    /// <summary>
    /// All transforms of a training item: those of pixels in [0, 1], normalisation, then the others, whose uncovered pixels are
    /// zero and hence the mean; each kind in the order given.
    /// </summary>
    internal IReadOnlyList<ITransform> Around(IReadOnlyList<ITransform> normalization) =>
        [.. Transforms(rawPixels: true), .. normalization, .. Transforms(rawPixels: false)];

    /// <exception cref="UsageException">The items are no images, or have channels that the jitter does not know.</exception>
    internal void CheckFits(Shape itemShape)
    {
        bool jitter = _words.Any(word => word.Kind.RawPixels);
        if (_words.Length > 0 && (itemShape.Dims.Length != 3 || (jitter && itemShape.Channels is not (1 or 3))))
        {
            throw new UsageException($"--augment {this}: items of {itemShape} are "
                + (jitter ? "no images of 1 or 3 channels; leave jitter and hue out." : "no images; choose none."));
        }
    }

    /// <summary>As it was given.</summary>
    public override string ToString() => _text;

    private IEnumerable<ITransform> Transforms(bool rawPixels) =>
        _words.Where(word => word.Kind.RawPixels == rawPixels)
            .Select(word => word.Kind.Make?.Invoke(word.Value)).OfType<ITransform>();

    private static (Kind Kind, double Value) Word(string word)
    {
        string[] parts = word.Split(':', 2);
        Kind? kind = Array.Find(s_kinds, kind => kind.Name == parts[0]);
        if (kind is null)
        {
            throw new FormatException($"'{word}', expected none, or words such as crop:4,flip from {Words}.{Nearest.Hint(parts[0], s_kinds.Select(k => k.Name))}");
        }

        double value = kind.Default;
        bool fits = parts.Length == 1
            || (double.TryParse(parts[1], NumberStyles.Float, CultureInfo.InvariantCulture, out value)
                && value >= kind.Min && value <= kind.Max && (!kind.Whole || value == Math.Floor(value)));
        return fits ? (kind, value) : throw new FormatException(
            $"'{word}', expected {kind.Name} with {(kind.Whole ? "an integer" : "a number")}, {kind.Min} to {kind.Max}, "
            + $"such as {kind.Name}:{kind.Default}.");
    }

    /// <summary>A word of the vocabulary, its number and what they make: a transform, or mixup where that is null.</summary>
    private sealed record Kind(string Name, double Default, double Min, double Max, Func<double, ITransform>? Make)
    {
        /// <summary>Whether the number is an integer.</summary>
        internal bool Whole { get; init; }

        /// <summary>Whether pixels have to lie in [0, 1].</summary>
        internal bool RawPixels { get; init; }
    }
}
