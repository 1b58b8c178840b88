using System.Text.Json.Serialization;
using StepNet.Execution;

namespace StepNet.Cli;

/// <summary>What <c>stepnet inspect --json</c> prints.</summary>
internal sealed record InspectReport
{
    public required string Model { get; init; }

    public required int Parameters { get; init; }

    /// <summary><c>training</c> or <c>inference</c>.</summary>
    public required string Program { get; init; }

    public required int Batch { get; init; }

    /// <summary>Shape of an item: <c>[3, 32, 32]</c>.</summary>
    public required string Input { get; init; }

    /// <summary>Forward pass, one item.</summary>
    public required long MultiplyAddsForward { get; init; }

    /// <summary>A whole step over the batch.</summary>
    public required long MultiplyAddsStep { get; init; }

    public required long StoreBytes { get; init; }

    public required long SmallBytes { get; init; }

    /// <summary>For each thread.</summary>
    public required long ScratchBytes { get; init; }

    public required IReadOnlyList<LayerListing> Layers { get; init; }

    /// <summary>Nodes as traced; null without <c>--graph</c>.</summary>
    public IReadOnlyList<NodeListing>? Nodes { get; init; }

    /// <summary>Phases after fusion; null without <c>--graph</c>.</summary>
    public IReadOnlyList<PhaseListing>? Phases { get; init; }
}

/// <summary>A layer or a residual block.</summary>
/// <param name="Module">Dotted path.</param>
/// <param name="Kind">Class.</param>
/// <param name="Output">Shape of its output.</param>
/// <param name="Parameters">Trained values, those of its parts included.</param>
/// <param name="Skip">s of a block; null otherwise.</param>
/// <param name="Step">h of a block; null otherwise.</param>
/// <param name="Integrator">One-step method of a block; null otherwise.</param>
internal sealed record LayerListing(
    string Module, string Kind, string Output, int Parameters, string? Skip, string? Step, string? Integrator)
{
    /// <summary>Euclidean norm of all its parameters; null where nothing was trained.</summary>
    public double? WeightNorm { get; init; }
}

/// <summary>Serialises without reflection: the command starts faster.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, WriteIndented = true,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(InspectReport))]
internal sealed partial class InspectReportJson : JsonSerializerContext;
