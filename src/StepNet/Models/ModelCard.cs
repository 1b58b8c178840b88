using System.Globalization;
using StepNet.Nn;

namespace StepNet.Models;

/// <summary>
/// All that is needed to build a model anew and to feed it: what a model file holds beside the values, as short texts.
/// </summary>
public sealed record ModelCard
{
    /// <summary>Version of the texts; a reader refuses a later one.</summary>
    public const string FormatVersion = "1";

    /// <summary>The network.</summary>
    public required CifarResNetOptions Options { get; init; }

    /// <summary>Class names, one per logit; free of commas.</summary>
    public required IReadOnlyList<string> Classes { get; init; }

    /// <summary>Mean per channel that is subtracted from pixels in [0, 1].</summary>
    public required IReadOnlyList<float> Mean { get; init; }

    /// <summary>Standard deviation per channel that the difference is divided by; above 0.</summary>
    public required IReadOnlyList<float> Std { get; init; }

    /// <summary>Height of an image in pixels.</summary>
    public int Height { get; init; } = 32;

    /// <summary>Width of an image in pixels.</summary>
    public int Width { get; init; } = 32;

    /// <summary>Name of the network: <c>resnet20</c>.</summary>
    public string Name => string.Create(CultureInfo.InvariantCulture, $"resnet{Options.Depth}");

    /// <summary>The card as texts by key; <see cref="Parse"/> reads them back.</summary>
    public IReadOnlyDictionary<string, string> ToMetadata() => new Dictionary<string, string>
    {
        ["format"] = "stepnet",
        ["format_version"] = FormatVersion,
        ["model"] = Name,
        ["depth"] = Options.Depth.ToString(CultureInfo.InvariantCulture),
        ["order"] = Word(Options.Order),
        ["norm"] = Word(Options.Norm),
        ["shortcut"] = Word(Options.Shortcut),
        ["step"] = Options.Step.ToString(),
        ["skip"] = Options.Skip.ToString(),
        ["classes"] = string.Join(',', Classes),
        ["mean"] = Join(Mean),
        ["std"] = Join(Std),
        ["image_size"] = string.Create(CultureInfo.InvariantCulture, $"{Options.InChannels}x{Height}x{Width}"),
    };

    /// <summary>Reads the texts of <see cref="ToMetadata"/>.</summary>
    /// <exception cref="FormatException">A text is missing or not as expected; the message is one line and names it.</exception>
    public static ModelCard Parse(IReadOnlyDictionary<string, string> metadata)
    {
        ArgumentNullException.ThrowIfNull(metadata);
        if (Text("format_version") is string version && version != FormatVersion)
        {
            throw Fault("format_version", version, FormatVersion);
        }

        int[] size = List("image_size", 'x', text => int.Parse(text, NumberStyles.None, CultureInfo.InvariantCulture));
        string[] classes = Text("classes").Split(',');
        ModelCard card = new()
        {
            Options = new CifarResNetOptions
            {
                Depth = List("depth", ',', text => int.Parse(text, NumberStyles.None, CultureInfo.InvariantCulture))[0],
                Order = WordOf<BlockOrder>("order"),
                Norm = WordOf<Normalization>("norm"),
                Shortcut = WordOf<ShortcutKind>("shortcut"),
                Step = CoefficientSpec.Parse(Text("step")),
                Skip = CoefficientSpec.Parse(Text("skip")),
                Classes = classes.Length,
                InChannels = size[0],
            },
            Classes = classes,
            Mean = List("mean", ',', Number),
            Std = List("std", ',', Number),
            Height = size.Length == 3 ? size[1] : throw Fault("image_size", Text("image_size"), "channels x height x width"),
            Width = size[2],
        };
        return card.Mean.Count == size[0] && card.Std.Count == size[0] ? card
            : throw Fault("mean", Text("mean"), $"{size[0]} numbers, as many as channels, and as many in 'std'");

        string Text(string key) => metadata.TryGetValue(key, out string? text) ? text : throw new FormatException(
            $"The model's metadata lack '{key}'. Name a file that StepNet wrote, or build the model by hand.");

        FormatException Fault(string key, string text, string expected) =>
            new($"The model's metadata have '{key}' = '{text}', expected {expected}. Name a file that this version of StepNet reads.");

        T WordOf<T>(string key)
            where T : struct, Enum
        {
            T[] values = Enum.GetValues<T>();
            int index = Array.FindIndex(values, value => Word(value) == Text(key));
            return index >= 0 ? values[index] : throw Fault(key, Text(key), string.Join(" or ", values.Select(Word)));
        }

        static float Number(string text) => float.Parse(text, NumberStyles.Float, CultureInfo.InvariantCulture);

        T[] List<T>(string key, char separator, Func<string, T> parse)
        {
            try
            {
                return [.. Text(key).Split(separator).Select(parse)];
            }
            catch (Exception e) when (e is FormatException or OverflowException && metadata.ContainsKey(key))
            {
                throw Fault(key, Text(key), "numbers");
            }
        }
    }

    /// <summary>Whether all that is written down is the same; lists by their elements.</summary>
    public bool Equals(ModelCard? other) =>
        other is not null && Options == other.Options && (Height, Width) == (other.Height, other.Width)
        && Classes.SequenceEqual(other.Classes) && Mean.SequenceEqual(other.Mean) && Std.SequenceEqual(other.Std);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Options, Height, Width, Classes.Count);

    private static string Word<T>(T value)
        where T : struct, Enum =>
#pragma warning disable CA1308 // Lower case is the form of these words on the command line and in files.
        value.ToString().ToLowerInvariant();
#pragma warning restore CA1308

    private static string Join(IReadOnlyList<float> values) =>
        string.Join(',', values.Select(value => value.ToString(CultureInfo.InvariantCulture)));
}
