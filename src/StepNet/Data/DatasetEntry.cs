using StepNet.Graph;

namespace StepNet.Data;

/// <summary>
/// A data set that goes by a name, or a user's own (<see cref="ImageFolder"/>, <see cref="TextFile"/>): where its files come from, how
/// they are read, how one trains on it.
/// </summary>
public sealed record DatasetEntry
{
    /// <summary>The name: <c>cifar10</c>.</summary>
    public required string Name { get; init; }

    /// <summary>The published files; none for a generated or a user's own set.</summary>
    public IReadOnlyList<DatasetFile> Files { get; init; } = [];

    /// <summary>Shape of one item: <c>[C, H, W]</c> of an image; <c>[L]</c> of a text, whose length <c>with</c> changes but for <c>phrases</c>.</summary>
    public required Shape ItemShape { get; init; }

    /// <summary>Class names, in the order of the labels.</summary>
    public required IReadOnlyList<string> Classes { get; init; }

    /// <summary>Items of the published training set.</summary>
    public required int TrainItems { get; init; }

    /// <summary>Items of the published test set.</summary>
    public required int TestItems { get; init; }

    /// <summary>Mean per channel, for pixels in [0, 1]; empty for texts.</summary>
    public IReadOnlyList<float> Mean { get; init; } = [];

    /// <summary>Standard deviation per channel; empty for texts.</summary>
    public IReadOnlyList<float> Std { get; init; } = [];

    /// <summary>How a network is trained on it where nothing else is said.</summary>
    public required DatasetDefaults Defaults { get; init; }

    /// <summary>Whether items are texts rather than images or points.</summary>
    public bool IsText { get; init; }

    /// <summary>Whether items are points: neither texts nor images.</summary>
    public bool IsPoints => !IsText && ItemShape.Dims.Length == 1;

    /// <summary>Standard deviation of generated points around their curves, at least 0; <c>with</c> changes it.</summary>
    public double PointNoise { get; init; }

    /// <summary>Full path of the user's folder or file that this is; null for a set of the catalogue.</summary>
    public string? Source { get; init; }

    /// <summary>Items that the user's own data set aside to choose by; null where they do not, and for a set of the catalogue.</summary>
    public IDataset? Validation { get; init; }

    /// <summary>Whether the test items are some of those that the user's own data have for training, as they have none for testing.</summary>
    public bool HoldsOutTests { get; init; }

    /// <summary>What reading the user's own data found; null for a set of the catalogue.</summary>
    public DataInspection? Inspection { get; init; }

    /// <summary>Whether the items are generated: then <c>with</c> changes how many.</summary>
    public bool IsGenerated => Files.Count == 0 && Source is null;

    /// <summary>Reads or generates the set, from this entry and a folder or archive.</summary>
    public required Func<DatasetEntry, string, (IDataset Train, IDataset Test)> Loader { get; init; }

    /// <summary>Names the files that <see cref="Loader"/> reads in a folder or archive; none for a generated set.</summary>
    public Func<string, IReadOnlyList<string>> Locator { get; init; } = _ => [];

    /// <summary>Reads training and test set from files on disk, or generates them.</summary>
    /// <param name="path">Folder or archive; its files are judged by their structure, not by their sums. Unused for a generated or a user's own set.</param>
    /// <exception cref="DataException">A file is missing or not what it should be.</exception>
    public (IDataset Train, IDataset Test) Load(string path) => Loader(this, path);

    /// <summary>How the files that <see cref="Load"/> reads compare with the published ones.</summary>
    /// <param name="path">As for <see cref="Load"/>.</param>
    /// <returns>Null where all sums are the published ones; otherwise one line that says which are not.</returns>
    /// <exception cref="DataException">A file is missing or cannot be read.</exception>
    public string? CompareWithPublished(string path)
    {
        try
        {
            List<string> different = [], unpublished = [];
            foreach (string file in Locator(path))
            {
                string name = Path.GetFileName(file);
                DatasetFile? published = Files.FirstOrDefault(f => f.Name == name);
                (published is null ? unpublished : published.Matches(file) ? [] : different).Add(name);
            }

            return different.Count > 0
                ? $"{Name}: {string.Join(", ", different)} in '{path}' {(different.Count == 1 ? "differs" : "differ")} from the published "
                    + "bytes (MD5); used, as the structure is sound."
                : unpublished.Count > 0
                ? $"{Name}: the files in '{path}' are unpacked, for which no sums are published; used, as their structure is sound."
                : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw DataErrors.Unreadable(Name, path, e);
        }
    }
}
