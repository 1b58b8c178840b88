using System.Globalization;
using System.Text;

namespace StepNet.Data;

/// <summary>What a look at all items of a set finds.</summary>
public sealed record DataInspection
{
    /// <summary>Name of the set.</summary>
    public required string Name { get; init; }

    /// <summary><c>images</c>, <c>texts</c> or <c>points</c>.</summary>
    public required string Kind { get; init; }

    /// <summary>Items by class.</summary>
    public required IReadOnlyList<ClassCount> Classes { get; init; }

    /// <summary>Sizes of the items as they are on disk, before they are resized or cut.</summary>
    public required IReadOnlyList<SizeRange> Sizes { get; init; }

    /// <summary>Grey images; 0 where items are no images.</summary>
    public required int GreyItems { get; init; }

    /// <summary>Images of colour; 0 where items are no images.</summary>
    public required int ColourItems { get; init; }

    /// <summary>Items that are there more than once.</summary>
    public required IReadOnlyList<DuplicateItems> Duplicates { get; init; }

    /// <summary>Files or rows that cannot be used, by name.</summary>
    public required IReadOnlyList<BadItem> Bad { get; init; }

    /// <summary>Files beside the class folders, which are left out.</summary>
    public required IReadOnlyList<string> Strays { get; init; }

    /// <summary>Sum over all items, with their classes, parts and, of images, paths: equal for equal data, and for no others.</summary>
    public required string Digest { get; init; }

    /// <summary>Training items of the largest class for one of the smallest: 1 where all have as many.</summary>
    public double Imbalance => (double)Classes.Max(c => c.Train) / Math.Max(1, Classes.Min(c => c.Train));

    /// <summary>Looks at every item of a set of the catalogue.</summary>
    /// <param name="entry">The set.</param>
    /// <param name="train">Its training items.</param>
    /// <param name="test">Its test items.</param>
    public static DataInspection Of(DatasetEntry entry, IDataset train, IDataset test)
    {
        ArgumentNullException.ThrowIfNull(entry);
        bool images = entry.ItemShape.Dims.Length == 3;
        return Of(
            entry.Name,
            images ? "images" : entry.IsText ? "texts" : "points",
            images ? ["width", "height"] : entry.IsText ? ["characters"] : ["values"],
            entry.Classes,
            [.. DatasetItems.Facts(entry, train, DataPart.Train), .. DatasetItems.Facts(entry, test, DataPart.Test)],
            bad: [],
            strays: []);
    }

    internal static DataInspection Of(
        string name, string kind, string[] sizes, IReadOnlyList<string> classes,
        IReadOnlyList<ItemFacts> items, IReadOnlyList<BadItem> bad, IReadOnlyList<string> strays)
    {
        ILookup<(int Label, DataPart Part), ItemFacts> groups = items.ToLookup(item => (item.Label, item.Part));
        return new DataInspection
        {
            Name = name,
            Kind = kind,
            Classes = [.. classes.Select((one, label) => new ClassCount(
                one, Count(label, DataPart.Train), Count(label, DataPart.Validation), Count(label, DataPart.Test)))],
            Sizes = [.. sizes.Select((size, k) => Range(size, [.. items.Select(item => item.Sizes[k]).Order()]))],
            GreyItems = items.Count(item => item.Channels == 1),
            ColourItems = items.Count(item => item.Channels == 3),
            Duplicates = [.. items.GroupBy(item => item.Hash).Where(same => same.Skip(1).Any()).Select(Same)
                .OrderBy(same => same.Items[0], StringComparer.Ordinal)],
            Bad = bad,
            Strays = strays,
            Digest = DigestOf(kind, classes, items),
        };

        int Count(int label, DataPart part) => groups[(label, part)].Count();
    }

    // Rows of a file may change their places, which alters nothing; by their paths images are split.
    private static string DigestOf(string kind, IReadOnlyList<string> classes, IReadOnlyList<ItemFacts> items)
    {
        string[] lines = [.. items.Select(item => $"{item.Part}\t{classes[item.Label]}\t{item.ExactHash:x32}\t{(kind == "images" ? item.Name : "")}").Order(StringComparer.Ordinal)];
        return ItemFacts.HashOf(Encoding.UTF8.GetBytes(string.Join('\n', lines))).ToString("x32", CultureInfo.InvariantCulture);
    }

    private static SizeRange Range(string name, int[] sorted) => new(name, sorted[0], sorted[sorted.Length / 2], sorted[^1]);

    private static DuplicateItems Same(IEnumerable<ItemFacts> items) => new(
        [.. items.Select(item => item.Name).Order(StringComparer.Ordinal)],
        items.DistinctBy(item => item.Part).Skip(1).Any(),
        items.DistinctBy(item => item.Label).Skip(1).Any());
}
