using System.Text.Json.Serialization;

namespace StepNet.Cli;

/// <summary>What <c>stepnet inspect --bounds --json</c> prints; a number that is not finite is null.</summary>
internal sealed record BoundsReport
{
    public required string Model { get; init; }

    /// <summary>Test items that were measured on.</summary>
    public required int Items { get; init; }

    public required IReadOnlyList<BoundListing> Blocks { get; init; }

    /// <summary>Largest <c>||dF/dx||</c>.</summary>
    public required double? W { get; init; }

    /// <summary>Measured <c>||dL/dx_0|| / ||dL/dx_D||</c>.</summary>
    public required double? Gain { get; init; }

    /// <summary>Product of the blocks' own bounds.</summary>
    public required double? ProductByBlock { get; init; }

    /// <summary><c>(|s| + h W)^D</c> with the largest s, h and W.</summary>
    public required double? Product { get; init; }

    /// <summary>Proposition 1; null where it does not hold.</summary>
    public required double? PropositionOne { get; init; }

    /// <summary>Why it does not; null where it does.</summary>
    public required string? WhyNotPropositionOne { get; init; }

    /// <summary>Norm of the noise at the first block; null, as the two below, for texts.</summary>
    public required double? Noise { get; init; }

    /// <summary>Largest norm of it behind the last block.</summary>
    public required double? NoiseBehind { get; init; }

    /// <summary>Proposition 2; null where it does not hold.</summary>
    public required double? PropositionTwo { get; init; }

    /// <summary>The gains that the run's taps hold; null without taps of blocks.</summary>
    public required GainListing? Run { get; init; }
}

/// <summary>A block: its coefficients, norms of its Jacobians, what they allow and what the loss's gradient does in it.</summary>
/// <param name="Block">Path.</param>
/// <param name="Skip">Magnitude of s.</param>
/// <param name="Step">Magnitude of h.</param>
/// <param name="Branch"><c>||dF/dx||</c>.</param>
/// <param name="Shortcut"><c>||dP/dx||</c>.</param>
/// <param name="Bound"><c>|s| ||dP/dx|| + |h| ||dF/dx||</c>; null where the block takes several evaluations of F.</param>
/// <param name="Whole"><c>||dy/dx||</c>.</param>
/// <param name="Gain"><c>||dL/dx|| / ||dL/dy||</c>; null where x has no gradient.</param>
internal sealed record BoundListing(
    string Block, double? Skip, double? Step, double? Branch, double? Shortcut, double? Bound, double? Whole, double? Gain);

/// <summary>The gain over the blocks in the rows of a run.</summary>
/// <param name="First">In the first row.</param>
/// <param name="Largest">The largest.</param>
/// <param name="LargestAtStep">Its step.</param>
/// <param name="Last">In the last row.</param>
internal sealed record GainListing(double? First, double? Largest, long LargestAtStep, double? Last);

/// <summary>Serialises without reflection: the command starts faster.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, WriteIndented = true,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(BoundsReport))]
internal sealed partial class BoundsReportJson : JsonSerializerContext;
