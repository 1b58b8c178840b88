using StepNet.Graph;

namespace StepNet.Data;

/// <summary>The data sets that go by a name.</summary>
public static class DatasetCatalog
{
    private static readonly string[] s_cifar =
    [
        "https://www.cs.toronto.edu/~kriz/",
        "https://mindspore-website.obs.cn-north-4.myhuaweicloud.com/notebook/datasets/",
    ];

    private static readonly string[] s_mnist =
        ["https://ossci-datasets.s3.amazonaws.com/mnist/", "https://storage.googleapis.com/cvdf-datasets/mnist/"];

    // The second is plain HTTP, the only form of the authors' own host; the sums bind what comes over it too.
    private static readonly string[] s_fashionMnist =
    [
        "https://raw.githubusercontent.com/zalandoresearch/fashion-mnist/master/data/fashion/",
        "http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/",
    ];

    private static readonly string[] s_agNews =
        ["https://raw.githubusercontent.com/mhjabreel/CharCnn_Keras/master/data/ag_news_csv/"];

    // Defaults: those of cifar10 were chosen on held-out training images and serve cifar100; those of shapes serve the grey sets.

    /// <summary>All sets, generated ones first.</summary>
    public static IReadOnlyList<DatasetEntry> All { get; } =
    [
        new()
        {
            Name = "shapes",
            ItemShape = Shape.Of(3, 32, 32),
            Classes = ShapesDataset.ClassNames,
            TrainItems = 6000,
            TestItems = 2000,
            Mean = [0.50086f, 0.49722064f, 0.49579012f],
            Std = [0.20290634f, 0.20335597f, 0.2068041f],
            Defaults = new("resnet8", Epochs: 12, BatchSize: 64, LearningRate: 0.2, WeightDecay: 5e-4, Augmentation: "none"),

            // One set for all runs, whatever their seed: they are then comparable.
            Loader = (entry, _) =>
                (new ShapesDataset(entry.TrainItems, seed: 0, "train"), new ShapesDataset(entry.TestItems, seed: 0, "test")),
        },
        new()
        {
            Name = "two-moons",
            ItemShape = Shape.Of(2),
            Classes = TwoMoonsDataset.ClassNames,
            TrainItems = 6000,
            TestItems = 2000,
            PointNoise = 0.1,
            Defaults = new("point-resnet10", Epochs: 20, BatchSize: 64, LearningRate: 0.05, WeightDecay: 0, Augmentation: "none"),
            Loader = (entry, _) => (
                new TwoMoonsDataset(entry.TrainItems, entry.PointNoise, seed: 0, "train"),
                new TwoMoonsDataset(entry.TestItems, entry.PointNoise, seed: 0, "test")),
        },
        new()
        {
            Name = "phrases",
            IsText = true,
            ItemShape = Shape.Of(PhrasesDataset.Length),
            Classes = PhrasesDataset.ClassNames,
            TrainItems = 6000,
            TestItems = 2000,
            Defaults = new("text-resnet9", Epochs: 4, BatchSize: 64, LearningRate: 0.05, WeightDecay: 0, Augmentation: "none"),
            Loader = (entry, _) =>
                (new PhrasesDataset(entry.TrainItems, seed: 0, "train"), new PhrasesDataset(entry.TestItems, seed: 0, "test")),
        },
        new()
        {
            Name = "cifar10",
            Files = [File("cifar-10-binary.tar.gz", "c32a1d4ab5d03f1284b67883e8d87530", s_cifar)],
            ItemShape = Shape.Of(3, 32, 32),
            Classes = Cifar10.Classes,
            TrainItems = 50_000,
            TestItems = 10_000,
            Mean = Cifar10.Mean,
            Std = Cifar10.Std,
            Defaults = new("resnet20", Epochs: 10, BatchSize: 32, LearningRate: 0.2, WeightDecay: 1e-4, Augmentation: "crop:4,flip"),
            Loader = (_, path) => Cifar10.Files.Load(path),
            Locator = Cifar10.Files.Locate,
        },
        new()
        {
            Name = "cifar100",
            Files = [File("cifar-100-binary.tar.gz", "03b5dce01913d631647c71ecec9e9cb8", s_cifar)],
            ItemShape = Shape.Of(3, 32, 32),
            Classes = Cifar100.Classes,
            TrainItems = 50_000,
            TestItems = 10_000,
            Mean = Cifar100.Mean,
            Std = Cifar100.Std,
            Defaults = new("resnet20", Epochs: 10, BatchSize: 32, LearningRate: 0.2, WeightDecay: 1e-4, Augmentation: "crop:4,flip"),
            Loader = (_, path) => Cifar100.Files.Load(path),
            Locator = Cifar100.Files.Locate,
        },
        new()
        {
            Name = "mnist",
            Files = IdxFilesOf(
                s_mnist, "f68b3c2dcbeaaa9fbdd348bbdeb94873", "d53e105ee54ea40749a09fcbcd1e9432",
                "9fb629c4189551a2d022fa330f9573f3", "ec29112dd5afa0611ce80d1b7f02629c"),
            ItemShape = Shape.Of(1, 28, 28),
            Classes = Mnist.Classes,
            TrainItems = 60_000,
            TestItems = 10_000,
            Mean = Mnist.Mean,
            Std = Mnist.Std,
            Defaults = new("resnet8", Epochs: 3, BatchSize: 64, LearningRate: 0.2, WeightDecay: 5e-4, Augmentation: "crop:2"),
            Loader = (_, folder) => (Mnist.LoadTrain(folder), Mnist.LoadTest(folder)),
            Locator = Mnist.Files.Locate,
        },
        new()
        {
            Name = "fashion-mnist",
            Files = IdxFilesOf(
                s_fashionMnist, "8d4fb7e6c68d591d4c3dfef9ec88bf0d", "25c81989df183df01b3e8a0aad5dffbe",
                "bef4ecab320f06d8554ea6380940ec79", "bb300cfdad3c16e7a12a480ee83cd310"),
            ItemShape = Shape.Of(1, 28, 28),
            Classes = FashionMnist.Classes,
            TrainItems = 60_000,
            TestItems = 10_000,
            Mean = FashionMnist.Mean,
            Std = FashionMnist.Std,
            Defaults = new("resnet8", Epochs: 10, BatchSize: 64, LearningRate: 0.2, WeightDecay: 5e-4, Augmentation: "crop:2,flip"),
            Loader = (_, folder) => (FashionMnist.LoadTrain(folder), FashionMnist.LoadTest(folder)),
            Locator = FashionMnist.Files.Locate,
        },
        new()
        {
            Name = "ag-news",
            Files =
            [
                File("train.csv", "b1a00f826fdfbd249f79597b59e1dc12", s_agNews),
                File("test.csv", "d52ea96a97a2d943681189a97654912d", s_agNews),
            ],
            IsText = true,
            ItemShape = Shape.Of(AgNews.DefaultLength),
            Classes = AgNews.Classes,
            TrainItems = 120_000,
            TestItems = 7600,

            // Learning rate and epochs as in Towards Robust ResNet; the batch is our choice.
            Defaults = new("text-resnet9", Epochs: 15, BatchSize: 128, LearningRate: 0.1, WeightDecay: 0, Augmentation: "none"),
            Loader = (entry, folder) =>
                (AgNews.LoadTrain(folder, entry.ItemShape.Channels), AgNews.LoadTest(folder, entry.ItemShape.Channels)),
            Locator = AgNews.Locate,
        },
    ];

    /// <summary>The set of a name.</summary>
    /// <exception cref="ArgumentException">There is none; the message lists the names.</exception>
    public static DatasetEntry Find(string name) => All.FirstOrDefault(entry => entry.Name == name) ?? throw new ArgumentException(
        $"'{name}' is no data set; expected {string.Join(", ", All.Select(entry => entry.Name))}.", nameof(name));

    private static DatasetFile File(string name, string md5, string[] folders) =>
        new(name, md5, [.. folders.Select(folder => new Uri(new Uri(folder), name))]);

    private static DatasetFile[] IdxFilesOf(string[] folders, params string[] md5) =>
        [.. IdxFiles.PackedNames.Zip(md5, (name, sum) => File(name, sum, folders))];
}
