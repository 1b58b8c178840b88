namespace StepNet.Data;

/// <summary>
/// Fashion-MNIST (Xiao, Rasul, Vollgraf 2017), articles of clothing: 60,000 + 10,000 grey images <c>[1, 28, 28]</c>, ten classes,
/// from the four official IDX files.
/// </summary>
/// <remarks>A folder holds the files packed (<c>train-images-idx3-ubyte.gz</c>, ...), as published, or unpacked.</remarks>
public static class FashionMnist
{
    /// <summary>The ten classes, in the order of the labels.</summary>
    public static IReadOnlyList<string> Classes { get; } =
        ["t-shirt/top", "trouser", "pullover", "dress", "coat", "sandal", "shirt", "sneaker", "bag", "ankle boot"];

    /// <summary>Mean of the official training set, for pixels in [0, 1].</summary>
    public static IReadOnlyList<float> Mean { get; } = [0.2860f];

    /// <summary>Standard deviation of the official training set, for pixels in [0, 1].</summary>
    public static IReadOnlyList<float> Std { get; } = [0.3530f];

    internal static IdxFiles Files { get; } = new("Fashion-MNIST", Classes);

    /// <summary>The training set.</summary>
    /// <param name="folder">Folder of the four files.</param>
    /// <exception cref="DataException">A file is missing, truncated, damaged or holds a label above 9.</exception>
    public static ImageDataset LoadTrain(string folder) => Files.LoadTrain(folder);

    /// <summary>The test set.</summary>
    /// <inheritdoc cref="LoadTrain"/>
    public static ImageDataset LoadTest(string folder) => Files.LoadTest(folder);
}
