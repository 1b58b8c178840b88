using System.Text.Json;

namespace StepNet.Benchmarks;

/// <summary>One measurement by one process: what <c>measure</c> and <c>train_speed.py</c> print as a line of JSON.</summary>
internal sealed record Row
{
    /// <summary>Our own <see cref="Variant"/>.</summary>
    public const string Ours = "stepnet";

    public static readonly JsonSerializerOptions Json = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    public required string Model { get; init; }

    public required string Mode { get; init; }

    public required int Batch { get; init; }

    public required int Threads { get; init; }

    /// <summary>Who and in what setting: <c>stepnet</c>, <c>default</c>, <c>channels_last</c>, <c>tuned</c>.</summary>
    public required string Variant { get; init; }

    /// <summary>Median over the timed steps.</summary>
    public required double ImagesPerSecond { get; init; }

    /// <summary>Slowest step.</summary>
    public required double Min { get; init; }

    /// <summary>Fastest step.</summary>
    public required double Max { get; init; }

    public required int Steps { get; init; }

    /// <summary>Most memory that the process held at once (VmHWM); null where the system does not tell.</summary>
    public double? PeakRssMib { get; init; }

    /// <summary>From the start of the process to the end of its first step.</summary>
    public double? FirstStepSeconds { get; init; }

    /// <summary>Loss of the last step, as text since JSON has no NaN; with NaN the time says little about training.</summary>
    public string? Loss { get; init; }

    public string? Simd { get; init; }

    public string? Dotnet { get; init; }

    public string? Torch { get; init; }

    /// <summary>Processors that others kept busy just before; 0 on a quiet machine.</summary>
    public double? BusyBefore { get; init; }

    /// <summary>Round of the comparison, from 1; 0 for a measurement alone.</summary>
    public int Round { get; init; }
}
