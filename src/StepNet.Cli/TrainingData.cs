using StepNet.Cli.Commands;
using StepNet.Data;

namespace StepNet.Cli;

/// <summary>A training, a validation and a test set with their normalisation.</summary>
/// <param name="Train">What the steps see.</param>
/// <param name="Validation">Held out of the training items, to choose by; null for none.</param>
/// <param name="Test">For the final figure alone.</param>
/// <param name="Mean">Per channel, for pixels in [0, 1]; empty for texts and points.</param>
/// <param name="Std">Per channel; empty for texts and points.</param>
internal sealed record TrainingData(
    IDataset Train,
    IDataset? Validation,
    IDataset Test,
    IReadOnlyList<float> Mean,
    IReadOnlyList<float> Std)
{
    /// <summary>Names of the sets.</summary>
    internal static readonly string[] Names = [.. DatasetCatalog.All.Select(entry => entry.Name)];

    /// <summary>What every item goes through, validation and test items nothing else.</summary>
    internal IReadOnlyList<ITransform> Normalization => Mean.Count == 0 ? [] : [new Normalize(Mean, Std)];

    /// <summary>Loads or generates a set, from the folder asked for or from the cache.</summary>
    /// <param name="settings">What was asked for.</param>
    /// <param name="validationItems">Training items to hold out; null for a tenth, 0 for none.</param>
    /// <exception cref="UsageException">The settings ask for what the set does not have.</exception>
    /// <exception cref="DataException">A file is missing or not what it should be.</exception>
    internal static TrainingData Load(TrainSettings settings, int? validationItems)
    {
        DatasetEntry entry = settings.Dataset;
        CheckNoise(settings);
        (IDataset train, IDataset test) = entry.IsGenerated ? Generate(entry, settings) : Read(entry, settings);
        if (entry.Validation is not null && validationItems is null)
        {
            return new TrainingData(Changed(train, settings), entry.Validation, test, entry.Mean, entry.Std);
        }

        if (entry.Validation is not null && validationItems > 0)
        {
            throw new UsageException($"--validation {validationItems}: '{entry.Name}' has validation items of its own. Leave it out, or give 0 for none.");
        }

        int heldOut = validationItems ?? train.Count / 10;
        if (heldOut >= train.Count)
        {
            throw new UsageException(
                $"--validation {heldOut}: the training set has {train.Count} items; hold out at most {train.Count - 1}.");
        }

        // The same items whatever the run's seed: runs of different seeds are then comparable.
        (IDataset kept, IDataset validation) = train.Split(heldOut, seed: 0);
        return new TrainingData(
            Changed(heldOut == 0 ? train : kept, settings), heldOut == 0 ? null : validation, test, entry.Mean, entry.Std);
    }

    /// <summary>Loads a set that a model is tested on: where a user's own data have no test items, all of them are.</summary>
    /// <param name="settings">What was asked for.</param>
    /// <exception cref="DataException">A file is missing or not what it should be.</exception>
    internal static TrainingData ForTesting(TrainSettings settings)
    {
        DatasetEntry entry = settings.Dataset;
        if (!entry.HoldsOutTests)
        {
            // Training items held out here may be what the model was trained on: no validation, but what the data set aside themselves.
            return Load(settings, entry.Validation is null ? 0 : null);
        }

        (IDataset train, IDataset test) = Read(entry, settings with { TestItems = null });
        return new TrainingData(train, entry.Validation, First(test.Concat(train), settings.TestItems, "--test-items"), entry.Mean, entry.Std);
    }

    private static void CheckNoise(TrainSettings settings)
    {
        if (settings.NoisePixels > 0 && settings.Dataset.Std.Count == 0)
        {
            throw new UsageException("--noise-pixels belongs to images. Leave it out.");
        }

        if (settings.NoiseCharacters > 0 && !settings.Dataset.IsText)
        {
            throw new UsageException("--noise-characters belongs to texts. Leave it out.");
        }
    }

    // In training items alone, the same at every epoch and in every repetition. Balanced by what the classes are, before labels are flipped.
    private static IDataset Changed(IDataset train, TrainSettings settings)
    {
        IDataset clean = train;
        train = settings.NoisePixels > 0 ? new NoisyPixels(train, settings.NoisePixels, settings.Dataset.Std, settings.Seed) : train;
        train = settings.NoiseCharacters > 0 ? new NoisyCharacters(train, settings.NoiseCharacters, settings.Seed) : train;
        train = settings.NoiseLabels > 0 ? new NoisyLabels(train, settings.NoiseLabels, settings.Seed) : train;
        return settings.Balance ? new BalancedDataset(train, clean) : train;
    }

    private static (IDataset Train, IDataset Test) Generate(DatasetEntry entry, TrainSettings settings)
    {
        if (settings.DataFolder is not null)
        {
            throw new UsageException($"--data-dir: the items of {entry.Name} are generated. Leave --data-dir out, or name another --data.");
        }

        DatasetEntry sized = entry with
        {
            TrainItems = settings.TrainItems ?? entry.TrainItems,
            TestItems = settings.TestItems ?? entry.TestItems,
        };
        return sized.Load("");
    }

    private static (IDataset Train, IDataset Test) Read(DatasetEntry entry, TrainSettings settings)
    {
        if (entry.Inspection is not null)
        {
            OwnDataNotes.Show(entry.Inspection, settings.Balance);
        }

        string folder = entry.Source ?? settings.DataFolder ?? DownloadArguments.Fetch(entry, settings.Download);
        (IDataset train, IDataset test) = entry.Load(folder);
        if (settings.DataFolder is not null && entry.CompareWithPublished(folder) is string difference)
        {
            Progress.Line($"note: {difference}");
        }

        return (First(train, settings.TrainItems, "--train-items"), First(test, settings.TestItems, "--test-items"));
    }

    private static IDataset First(IDataset whole, int? count, string option) =>
        count is null || count == whole.Count ? whole
            : count < whole.Count ? whole.Take(0, count.Value)
            : throw new UsageException($"{option} {count}: the set has {whole.Count} items; ask for at most as many.");
}
