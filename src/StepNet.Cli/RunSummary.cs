using System.Text.Json.Serialization;
using StepNet.Training;

namespace StepNet.Cli;

/// <summary>What <c>summary.json</c> says of a run; a number that is NaN or infinite is null.</summary>
internal sealed record RunSummary
{
    /// <summary><c>completed</c>, <c>diverged</c> or <c>interrupted</c>.</summary>
    public required string State { get; init; }

    /// <summary>Number, from 0, of the step whose loss or gradient was NaN or infinite.</summary>
    public long? DivergedAtStep { get; init; }

    /// <summary>Where the numbers broke: module, source line, operation.</summary>
    public string? DivergedIn { get; init; }

    /// <summary>Divergences that the run went on from: checkpoint restored, learning rate halved.</summary>
    public required IReadOnlyList<Restart> Restarts { get; init; }

    /// <summary>Epoch, from 1, whose values model.safetensors holds; null where they are those of the last step.</summary>
    public int? KeptEpoch { get; init; }

    /// <summary>Share of the validation items that the kept epoch got right; null where no epoch was chosen.</summary>
    public double? ValidationAccuracy { get; init; }

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

    /// <summary>One-step method of the blocks that keep their shape.</summary>
    public required string Integrator { get; init; }

    /// <summary>Null, as the two below, where the network has no such option.</summary>
    public required string? Order { get; init; }

    public required string Norm { get; init; }

    public required int Width { get; init; }

    public required string? Shortcut { get; init; }

    public required string? Head { get; init; }

    /// <summary>File of the weights that the run started from; null for a start at random.</summary>
    public required string? Weights { get; init; }

    /// <summary>Parts that stayed as they were; null for none.</summary>
    public required string? Freeze { get; init; }

    public required string Data { get; init; }

    /// <summary>Of a user's own data what <c>stepnet data inspect</c> calls their digest; null of others.</summary>
    public string? DataDigest { get; init; }

    public required int TrainItems { get; init; }

    public required int ValidationItems { get; init; }

    public required int TestItems { get; init; }

    /// <summary>Whether classes were drawn evenly; <see cref="TrainItems"/> then counts repetitions.</summary>
    public required bool Balance { get; init; }

    public required string Augment { get; init; }

    /// <summary>Standard deviation of the noise on normalised training pixels.</summary>
    public required double NoisePixels { get; init; }

    /// <summary>Share of training characters replaced.</summary>
    public required double NoiseCharacters { get; init; }

    /// <summary>Share of training labels flipped.</summary>
    public required double NoiseLabels { get; init; }

    public required int Batch { get; init; }

    /// <summary><c>sgd</c>, <c>adam</c>, <c>adamw</c> or <c>rmsprop</c>; its numbers are null where it has none such.</summary>
    public required string Optimizer { get; init; }

    public required double Lr { get; init; }

    public required string Schedule { get; init; }

    public required double? Momentum { get; init; }

    public required bool Nesterov { get; init; }

    public required double? Beta1 { get; init; }

    public required double? Beta2 { get; init; }

    public required double? Epsilon { get; init; }

    public required double WeightDecay { get; init; }

    /// <summary><c>all</c>, or <c>weights</c> where biases and norms do not decay.</summary>
    public required string Decay { get; init; }

    /// <summary>Null for no clipping.</summary>
    public required double? ClipNorm { get; init; }

    public required double? ClipValue { get; init; }

    public required double LabelSmoothing { get; init; }

    public required ulong Seed { get; init; }

    public required int Threads { get; init; }

    /// <summary>Learned step factors and skip weights by name; the mean where each channel has its own.</summary>
    public required IReadOnlyDictionary<string, float?> Coefficients { get; init; }

    /// <summary>Version of StepNet.</summary>
    public required string Version { get; init; }
}

/// <summary>Serialises without reflection: the command starts faster.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, WriteIndented = true)]
[JsonSerializable(typeof(RunSummary))]
internal sealed partial class RunSummaryJson : JsonSerializerContext;
