using static StepNet.Benchmarks.Measurand;

namespace StepNet.Benchmarks;

/// <summary>The lines of the tables, and what they are to reach.</summary>
internal static class Cases
{
    /// <summary>Beside PyTorch.</summary>
    public static IReadOnlyList<Case> Table { get; } =
    [
        new("resnet20-train", "ResNet-20: train", "resnet20", "train")
        {
            Goals =
            [
                new(OverBest, 1.6, 2.0), new(OverDefault, 2.2, 2.7), new(OverPeak, 0.93, 1.0), new(Memory, 0.50, 0.45), new(FirstStep, 0.6),
            ],
        },
        new("resnet56-train", "ResNet-56: train", "resnet56", "train") { Goals = [new(OverBest, 1.5, 1.8), new(OverDefault, 2.0, 2.4)] },
        new("resnet110-train", "ResNet-110: train", "resnet110", "train")
        {
            Warmup = 2,
            Goals = [new(OverBest, 1.5, 1.8), new(OverDefault, 2.0, 2.4), new(Memory, 0.75, 0.70)],
        },
        new("resnet20-none-train", "ResNet-20 without batch norm: train", "resnet20", "train")
        {
            Norm = "none", LearningRate = 0.01, Goals = [new(OverBest, 1.5), new(OverDefault, 1.7)],
        },
        new("adaresnet18-32-train", "adaresnet18, batch 32, ADAM: train", "adaresnet18", "train")
        {
            Batch = 32, Optimizer = "adam", LearningRate = 0.001, Goals = [new(OverBest, 1.3), new(OverDefault, 1.5)],
        },
        new("adaresnet18-128-train", "adaresnet18, batch 128, ADAM: train", "adaresnet18", "train")
        {
            Warmup = 2, Optimizer = "adam", LearningRate = 0.001, Goals = [new(OverBest, 1.3), new(OverDefault, 1.5)],
        },
        new("keras-resnet50-train", "keras-resnet50, batch 32, ADAM: train", "keras-resnet50", "train")
        {
            Warmup = 2, Batch = 32, Optimizer = "adam", LearningRate = 0.001, Goals = [new(OverBest, 1.2), new(OverDefault, 1.3)],
        },
        new("text-resnet9-train", "text ResNet of depth 9, length 256: train", "text-resnet9", "train")
        {
            Warmup = 2, Length = 256, LearningRate = 0.01, Goals = [new(OverBest, 1.4), new(OverDefault, 1.5)],
        },
        new("resnet20-infer", "ResNet-20: infer", "resnet20", "infer")
        {
            Goals = [new(OverBest, 1.7), new(OverDefault, 2.2), new(OverOnnxRuntime, 1.0)],
        },
        new("resnet20-infer-1", "ResNet-20, batch 1: latency", "resnet20", "infer")
        {
            Batch = 1, Goals = [new(OverBest, 3), new(OverDefault, 4), new(OverOnnxRuntime, 1.0)],
        },
        new("imagenet-resnet18-train", "imagenet-resnet18, 224x224, batch 16: train", "imagenet-resnet18", "train")
        {
            Warmup = 1, Batch = 16, LearningRate = 0.01, Goals = [new(OverBest, 1.0), new(OverDefault, 1.0)],
        },
        new("imagenet-resnet18-infer", "imagenet-resnet18, 224x224, batch 16: infer", "imagenet-resnet18", "infer")
        {
            Warmup = 1, Batch = 16, Goals = [new(OverBest, 1.0), new(OverDefault, 1.0)],
        },
        new("imagenet-resnet18-infer-1", "imagenet-resnet18, 224x224, batch 1: latency", "imagenet-resnet18", "infer")
        {
            Batch = 1, Goals = [new(OverBest, 1.0), new(OverDefault, 1.0), new(OverOnnxRuntime, 1.0)],
        },
    ];

    /// <summary>Deeper and deeper: a multiply-add should cost the same, and a layer the same memory.</summary>
    public static IReadOnlyList<Case> Growth { get; } =
    [
        Deep(20), Deep(56), Deep(110), Deep(218),
    ];

    /// <summary>What recomputation is for.</summary>
    public static Case Deepest { get; } = Deep(1202) with { Warmup = 1 };

    /// <summary>What the instruction sets are compared on.</summary>
    public static IReadOnlyList<Case> Simd { get; } =
    [
        new("resnet20-train", "ResNet-20: train", "resnet20", "train") { Batch = 64, Warmup = 2 },
        new("resnet20-infer", "ResNet-20: infer", "resnet20", "infer") { Batch = 64, Warmup = 2 },
    ];

    /// <summary>Those of <see cref="Table"/> with these names, or all.</summary>
    /// <exception cref="ArgumentException">There is no such case; the message lists all.</exception>
    public static IReadOnlyList<Case> Named(string? names) => names is null ? Table :
    [
        .. names.Split(',').Select(name => Table.FirstOrDefault(one => one.Name == name) ?? throw new ArgumentException(
            $"--cases: there is no '{name}'. Expected some of {string.Join(", ", Table.Select(one => one.Name))}, commas between.")),
    ];

    private static Case Deep(int depth) => new($"resnet{depth}", $"ResNet-{depth}", $"resnet{depth}", "train") { Warmup = 2 };
}
