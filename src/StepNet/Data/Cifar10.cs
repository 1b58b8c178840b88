namespace StepNet.Data;

/// <summary>
/// CIFAR-10 (Krizhevsky 2009) from its official binary files: 50,000 + 10,000 colour images <c>[3, 32, 32]</c>, ten classes.
/// </summary>
/// <remarks>
/// A path is the folder of the <c>.bin</c> files, a folder above it that holds <c>cifar-10-batches-bin</c>, the archive
/// <c>cifar-10-binary.tar.gz</c>, or a folder that holds the archive. Nothing is written to disk.
/// </remarks>
public static class Cifar10
{
    /// <summary>The ten classes, in the order of the labels.</summary>
    public static IReadOnlyList<string> Classes { get; } =
        ["airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck"];

    /// <summary>Mean of the official training set per channel, red, green, blue, for pixels in [0, 1].</summary>
    public static IReadOnlyList<float> Mean { get; } = [0.4914f, 0.4822f, 0.4465f];

    /// <summary>Standard deviation of the official training set per channel, for pixels in [0, 1].</summary>
    public static IReadOnlyList<float> Std { get; } = [0.2470f, 0.2435f, 0.2616f];

    internal static CifarFiles Files { get; } = new(
        "CIFAR-10",
        "cifar-10-batches-bin",
        "cifar-10-binary.tar.gz",
        labelBytes: 1,
        ["data_batch_1.bin", "data_batch_2.bin", "data_batch_3.bin", "data_batch_4.bin", "data_batch_5.bin"],
        ["test_batch.bin"],
        Classes);

    /// <summary>The training set, batches 1 to 5 in order.</summary>
    /// <param name="path">Folder or archive, see the remarks of the class.</param>
    /// <exception cref="DataException">A file is missing, truncated, damaged or holds a label above 9.</exception>
    public static ImageDataset LoadTrain(string path) => Files.LoadTrain(path);

    /// <summary>The test set.</summary>
    /// <inheritdoc cref="LoadTrain"/>
    public static ImageDataset LoadTest(string path) => Files.LoadTest(path);
}
