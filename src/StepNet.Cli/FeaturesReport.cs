using System.Text.Json.Serialization;

namespace StepNet.Cli;

/// <summary>What <c>stepnet features --json</c> prints; a number that is NaN or infinite is null.</summary>
/// <param name="Model">Name of the network.</param>
/// <param name="Items">Test items that went through it.</param>
/// <param name="Noise">Norm of the noise on every item; null without <c>--noise</c>.</param>
/// <param name="Blocks">In front of the first block, and behind every one.</param>
internal sealed record FeaturesReport(string Model, int Items, double? Noise, IReadOnlyList<BlockListing> Blocks);

/// <summary>The items behind a block.</summary>
/// <param name="Block">Blocks done.</param>
/// <param name="Module">Path of the block; empty for block 0.</param>
/// <param name="Features">Numbers of an item.</param>
/// <param name="Norm">Mean norm of the items' features.</param>
/// <param name="Moved">Mean distance that the block moved the features by; null for block 0 and where their number changes.</param>
/// <param name="NoiseMean">Mean distance of the items from those with noise.</param>
/// <param name="NoiseLargest">The largest such distance.</param>
/// <param name="NoiseBound">Proposition 2's bound on it; null where the proposition does not hold.</param>
internal sealed record BlockListing(
    int Block, string Module, int Features, double? Norm, double? Moved, double? NoiseMean, double? NoiseLargest, double? NoiseBound);

/// <summary>Serialises without reflection: the command starts faster.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, WriteIndented = true,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(FeaturesReport))]
internal sealed partial class FeaturesReportJson : JsonSerializerContext;
