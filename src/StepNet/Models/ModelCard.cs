using System.Globalization;
using StepNet.Graph;

namespace StepNet.Models;

/// <summary>
/// All that is needed to build a model anew and to feed it: what a model file holds beside the values, as short texts.
/// </summary>
public sealed record ModelCard
{
    /// <summary>Version of the texts; a reader refuses a later one.</summary>
    public const string FormatVersion = "1";

    // An image of 4,096 x 4,096.
    private const int MostNumbers = 3 << 24;

    // Images came first, and their key is in files since then.
    private const string ImageSize = "image_size";
    private const string ItemSize = "item_size";

    /// <summary>The network; null for one that is no member of the catalogue, which only code can build.</summary>
    public ResNetOptions? Options { get; init; }

    /// <summary>Class names, one per logit.</summary>
    public required IReadOnlyList<string> Classes { get; init; }

    /// <summary>Mean per channel that is subtracted from pixels in [0, 1]; empty where items are fed as they are.</summary>
    public required IReadOnlyList<float> Mean { get; init; }

    /// <summary>Standard deviation per channel that the difference is divided by; above 0. As many as means.</summary>
    public required IReadOnlyList<float> Std { get; init; }

    /// <summary>Name of the network: <c>resnet20</c>; <c>network</c> where <see cref="Options"/> are null.</summary>
    public string Name => Options?.Name ?? "network";

    /// <summary>Shape of an item: <c>[3, 32, 32]</c>.</summary>
    public Shape Item { get; init; } = Shape.Of(3, 32, 32);

    /// <summary>The card as texts by key; <see cref="Parse"/> reads them back.</summary>
    /// <exception cref="InvalidOperationException">The network, or its branch, is its maker's own, which no text can say.</exception>
    public IReadOnlyDictionary<string, string> ToMetadata() => Options is not { Branch: null }
        ? throw new InvalidOperationException(
            $"{Name} is {(Options is null ? "not of the catalogue" : "with a branch of its own")}, which metadata cannot hold. "
            + "Save the values alone, and build the network by code to load them.")
        : new Dictionary<string, string>([
            new("format", "stepnet"),
            new("format_version", FormatVersion),
            new("model", Name),
            .. Options.Words,
            new("classes", string.Join(',', Classes.Select(Escape))),
            new("mean", Join(Mean)),
            new("std", Join(Std)),
            new(Item.Dims.Length == 3 ? ImageSize : ItemSize, string.Join('x', Item.Dims)),
        ]);

    /// <summary>Reads the texts of <see cref="ToMetadata"/>.</summary>
    /// <exception cref="FormatException">A text is missing or not as expected; the message is one line and names it.</exception>
    public static ModelCard Parse(IReadOnlyDictionary<string, string> metadata)
    {
        ArgumentNullException.ThrowIfNull(metadata);
        if (Text("format_version") is string version && version != FormatVersion)
        {
            throw Fault("format_version", version, FormatVersion);
        }

        string[] classes = [.. Text("classes").Split(',').Select(Unescape)];
        string sizeKey = metadata.ContainsKey(ItemSize) ? ItemSize : ImageSize;
        Shape item = Shape.Of(List(sizeKey, 'x', text => OptionWord.Number(sizeKey, text)));
        if (item.Dims.Aggregate(1L, (count, dim) => Math.Min(count * dim, int.MaxValue)) is < 1 or > MostNumbers)
        {
            throw Fault(sizeKey, Text(sizeKey), $"1 to {MostNumbers} numbers an item");
        }

        string name = Text("model");

        // Files from before the networks for ImageNet name the CIFAR one so.
        ResNetOptions options = Understand(() => name == "resnet50" ? new CifarResNetOptions { Depth = 50 } : ModelCatalog.Options(name));
        foreach ((string key, string usual) in options.Words)
        {
            // Files from before these could be chosen do not mention them.
            string word = key is "width" or "drop-path" or "init" or "integrator" ? metadata.GetValueOrDefault(key, usual) : Text(key);
            options = Understand(() => options.With(key, word));
        }

        options = Understand(() => options.For(item, classes.Length));
        ModelCard card = new()
        {
            Options = options,
            Classes = classes,
            Mean = List("mean", ',', Number),
            Std = List("std", ',', Number),
            Item = item,
        };
        if (card.Std.Any(std => !(std > 0 && float.IsFinite(std))))
        {
            throw Fault("std", Text("std"), "numbers above 0");
        }

        return card.Mean.Count == card.Std.Count && (card.Mean.Count == 0 || card.Mean.Count == item.Channels) ? card
            : throw Fault("mean", Text("mean"), $"{item.Channels} numbers, as many as channels, and as many in 'std'");

        static ResNetOptions Understand(Func<ResNetOptions> read)
        {
            try
            {
                return read();
            }
            catch (Exception e) when (e is ArgumentException or FormatException)
            {
                throw new FormatException($"The model's metadata: {e.Message.TrimEnd('.')}. Name a file that this version of StepNet reads.", e);
            }
        }

        string Text(string key) => metadata.TryGetValue(key, out string? text) ? text : throw new FormatException(
            $"The model's metadata lack '{key}'. Name a file that StepNet wrote, or build the model by hand.");

        FormatException Fault(string key, string text, string expected) =>
            new($"The model's metadata have '{key}' = '{text}', expected {expected}. Name a file that this version of StepNet reads.");

        static float Number(string text) => float.Parse(text, NumberStyles.Float, CultureInfo.InvariantCulture);

        T[] List<T>(string key, char separator, Func<string, T> parse)
        {
            try
            {
                return Text(key).Length == 0 ? [] : [.. Text(key).Split(separator).Select(parse)];
            }
            catch (Exception e) when (e is FormatException or OverflowException && metadata.ContainsKey(key))
            {
                throw Fault(key, Text(key), "numbers");
            }
        }
    }

    /// <summary>Whether all that is written down is the same; lists by their elements.</summary>
    public bool Equals(ModelCard? other) =>
        other is not null && Options == other.Options && Item == other.Item
        && Classes.SequenceEqual(other.Classes) && Mean.SequenceEqual(other.Mean) && Std.SequenceEqual(other.Std);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Options, Item, Classes.Count);

    // A folder's or a label's name may hold any character, the one between names included.
    private static string Escape(string name) =>
        name.Replace("%", "%25", StringComparison.Ordinal).Replace(",", "%2C", StringComparison.Ordinal);

    private static string Unescape(string text) =>
        text.Replace("%2C", ",", StringComparison.Ordinal).Replace("%25", "%", StringComparison.Ordinal);

    private static string Join(IReadOnlyList<float> values) =>
        string.Join(',', values.Select(value => value.ToString(CultureInfo.InvariantCulture)));
}
