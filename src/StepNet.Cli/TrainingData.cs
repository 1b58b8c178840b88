using StepNet.Data;

namespace StepNet.Cli;

/// <summary>A training and a test set with what belongs to them: normalisation and augmentation.</summary>
internal sealed record TrainingData(
    IDataset Train,
    IDataset Test,
    IReadOnlyList<float> Mean,
    IReadOnlyList<float> Std,
    IReadOnlyList<ITransform> Augmentation)
{
    /// <summary>Names of the sets.</summary>
    internal static readonly string[] Names = ["shapes", "cifar10"];

    /// <summary>Transforms of training items. Normalised first, so that a crop pads with the mean.</summary>
    internal IReadOnlyList<ITransform> TrainTransforms => [.. TestTransforms, .. Augmentation];

    /// <summary>Transforms of test items.</summary>
    internal IReadOnlyList<ITransform> TestTransforms => [new Normalize(Mean, Std)];

    /// <summary>Loads or generates a set.</summary>
    /// <param name="name">One of <see cref="Names"/>.</param>
    /// <param name="folder">Where its files lie; null for generated ones.</param>
    /// <param name="trainItems">Training items; null for the usual number.</param>
    /// <param name="testItems">Test items; null for the usual number.</param>
    internal static TrainingData Load(string name, string? folder, int? trainItems, int? testItems)
    {
        if (name == "cifar10")
        {
            string place = folder ?? throw new UsageException(
                "--data cifar10 needs --data-dir: the folder that holds cifar-10-batches-bin or cifar-10-binary.tar.gz.");
            return new TrainingData(
                First(Cifar10.LoadTrain(place), trainItems, "--train-items"),
                First(Cifar10.LoadTest(place), testItems, "--test-items"),
                Cifar10.Mean,
                Cifar10.Std,
                [new RandomCrop(4), new HorizontalFlip()]);
        }

        if (folder is not null)
        {
            throw new UsageException("--data-dir belongs to --data cifar10; shapes are generated. Leave one of the two out.");
        }

        // One set for all seeds of a run: runs of different seeds are then comparable.
        ShapesDataset train = new(trainItems ?? ShapesTrainItems, seed: 0, "train");
        (float[] mean, float[] std) = DatasetStatistics.MeanAndStd(train, maxItems: 500);
        return new TrainingData(train, new ShapesDataset(testItems ?? ShapesTestItems, seed: 0, "test"), mean, std, []);
    }

    internal const int ShapesTrainItems = 6000;

    internal const int ShapesTestItems = 2000;

    private static IDataset First(ImageDataset whole, int? count, string option) =>
        count is null || count == whole.Count ? whole
            : count < whole.Count ? whole.Take(0, count.Value)
            : throw new UsageException($"{option} {count}: the set has {whole.Count} items; ask for at most as many.");
}
