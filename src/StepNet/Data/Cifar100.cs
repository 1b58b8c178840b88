namespace StepNet.Data;

/// <summary>
/// CIFAR-100 (Krizhevsky 2009) from its official binary files: 50,000 + 10,000 colour images <c>[3, 32, 32]</c>, the hundred
/// fine classes.
/// </summary>
/// <remarks>
/// A path is the folder of <c>train.bin</c> and <c>test.bin</c>, a folder above it that holds <c>cifar-100-binary</c>, the archive
/// <c>cifar-100-binary.tar.gz</c>, or a folder that holds the archive. Nothing is written to disk.
/// </remarks>
public static class Cifar100
{
    /// <summary>The hundred fine classes, in the order of the labels.</summary>
    public static IReadOnlyList<string> Classes { get; } =
    [
        "apple", "aquarium_fish", "baby", "bear", "beaver", "bed", "bee", "beetle", "bicycle", "bottle", "bowl", "boy",
        "bridge", "bus", "butterfly", "camel", "can", "castle", "caterpillar", "cattle", "chair", "chimpanzee", "clock",
        "cloud", "cockroach", "couch", "crab", "crocodile", "cup", "dinosaur", "dolphin", "elephant", "flatfish", "forest",
        "fox", "girl", "hamster", "house", "kangaroo", "keyboard", "lamp", "lawn_mower", "leopard", "lion", "lizard",
        "lobster", "man", "maple_tree", "motorcycle", "mountain", "mouse", "mushroom", "oak_tree", "orange", "orchid",
        "otter", "palm_tree", "pear", "pickup_truck", "pine_tree", "plain", "plate", "poppy", "porcupine", "possum", "rabbit",
        "raccoon", "ray", "road", "rocket", "rose", "sea", "seal", "shark", "shrew", "skunk", "skyscraper", "snail", "snake",
        "spider", "squirrel", "streetcar", "sunflower", "sweet_pepper", "table", "tank", "telephone", "television", "tiger",
        "tractor", "train", "trout", "tulip", "turtle", "wardrobe", "whale", "willow_tree", "wolf", "woman", "worm",
    ];

    /// <summary>Mean of the official training set per channel, red, green, blue, for pixels in [0, 1].</summary>
    public static IReadOnlyList<float> Mean { get; } = [0.5071f, 0.4865f, 0.4409f];

    /// <summary>Standard deviation of the official training set per channel, for pixels in [0, 1].</summary>
    public static IReadOnlyList<float> Std { get; } = [0.2673f, 0.2564f, 0.2762f];

    // A record's first label is the coarse class, one of twenty; the second is the fine one.
    internal static CifarFiles Files { get; } = new(
        "CIFAR-100", "cifar-100-binary", "cifar-100-binary.tar.gz", labelBytes: 2, ["train.bin"], ["test.bin"], Classes);

    /// <summary>The training set.</summary>
    /// <param name="path">Folder or archive, see the remarks of the class.</param>
    /// <exception cref="DataException">A file is missing, truncated, damaged or holds a fine label above 99.</exception>
    public static ImageDataset LoadTrain(string path) => Files.LoadTrain(path);

    /// <summary>The test set.</summary>
    /// <inheritdoc cref="LoadTrain"/>
    public static ImageDataset LoadTest(string path) => Files.LoadTest(path);
}
