using System.Text.Json.Serialization;

namespace StepNet.Cli;

/// <summary>What <c>summary.json</c> says of a run; a number that is NaN or infinite is null.</summary>
internal sealed record RunSummary
{
    /// <summary><c>completed</c>, <c>diverged</c> or <c>interrupted</c>.</summary>
    public required string State { get; init; }

    /// <summary>Number, from 0, of the step whose loss was NaN or infinite.</summary>
    public long? DivergedAtStep { get; init; }

    /// <summary>Where the numbers broke: module, source line, operation.</summary>
    public string? DivergedIn { get; init; }

    /// <summary>Share of the test items that model.safetensors gets right, in [0, 1]; null where it was not tested.</summary>
    public double? TestAccuracy { get; init; }

    public double? TestLoss { get; init; }

    /// <summary>Mean training loss of the last epoch.</summary>
    public double? FinalLoss { get; init; }

    /// <summary>Median over the training steps without the first.</summary>
    public required double ImagesPerSecond { get; init; }

    /// <summary>Wall-clock time of training and testing.</summary>
    public required double Seconds { get; init; }

    public required long Steps { get; init; }

    /// <summary>Epochs asked for.</summary>
    public required int Epochs { get; init; }

    public required string Model { get; init; }

    public required int Parameters { get; init; }

    public required string Step { get; init; }

    public required string Skip { get; init; }

    public required string Order { get; init; }

    public required string Norm { get; init; }

    public required string Shortcut { get; init; }

    public required string Data { get; init; }

    public required int TrainItems { get; init; }

    public required int TestItems { get; init; }

    public required int Batch { get; init; }

    public required double Lr { get; init; }

    public required string Schedule { get; init; }

    public required double Momentum { get; init; }

    public required double WeightDecay { get; init; }

    public required ulong Seed { get; init; }

    public required int Threads { get; init; }

    /// <summary>Learned step factors and skip weights by name.</summary>
    public required IReadOnlyDictionary<string, float?> Coefficients { get; init; }

    /// <summary>Version of StepNet.</summary>
    public required string Version { get; init; }
}

/// <summary>Serialises without reflection: the command starts faster.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, WriteIndented = true)]
[JsonSerializable(typeof(RunSummary))]
internal sealed partial class RunSummaryJson : JsonSerializerContext;
