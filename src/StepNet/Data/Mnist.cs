namespace StepNet.Data;

/// <summary>
/// MNIST (LeCun, Cortes, Burges 1998), handwritten digits: 60,000 + 10,000 grey images <c>[1, 28, 28]</c>, ten classes,
/// from the four official IDX files.
/// </summary>
/// <remarks>A folder holds the files packed (<c>train-images-idx3-ubyte.gz</c>, ...), as published, or unpacked.</remarks>
public static class Mnist
{
    /// <summary>The ten classes, in the order of the labels.</summary>
    public static IReadOnlyList<string> Classes { get; } =
        ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"];

    /// <summary>Mean of the official training set, for pixels in [0, 1].</summary>
    public static IReadOnlyList<float> Mean { get; } = [0.1307f];

    /// <summary>Standard deviation of the official training set, for pixels in [0, 1].</summary>
    public static IReadOnlyList<float> Std { get; } = [0.3081f];

    internal static IdxFiles Files { get; } = new("MNIST", Classes);

    /// <summary>The training set.</summary>
    /// <param name="folder">Folder of the four files.</param>
    /// <exception cref="DataException">A file is missing, truncated, damaged or holds a label above 9.</exception>
    public static ImageDataset LoadTrain(string folder) => Files.LoadTrain(folder);

    /// <summary>The test set.</summary>
    /// <inheritdoc cref="LoadTrain"/>
    public static ImageDataset LoadTest(string folder) => Files.LoadTest(folder);
}
