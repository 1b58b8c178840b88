using System.Text.Json;
using System.Text.Json.Serialization;

namespace StepNet.Experiments.Studies;

/// <summary>What <c>status.json</c> in the folder of a trial says.</summary>
public sealed record TrialStatus
{
    /// <summary>Where the trial is, as its last owner wrote it.</summary>
    public required TrialState State { get; init; }

    /// <summary>Number, from 1, of the claim that it was written under.</summary>
    public required int Attempt { get; init; }

    /// <summary>Why it ended so, in a line.</summary>
    public string? Message { get; init; }

    /// <summary>When this attempt began, UTC.</summary>
    public required DateTime Started { get; init; }

    /// <summary>When it ended, UTC; null while it runs.</summary>
    public DateTime? Ended { get; init; }

    /// <summary>Wall-clock time of all attempts.</summary>
    public double Seconds { get; init; }

    /// <summary>Where it ran.</summary>
    public required string Host { get; init; }

    /// <summary>Processor, system, runtime and version of this program.</summary>
    public required string Environment { get; init; }

    /// <summary>Threads that it had.</summary>
    public int Threads { get; init; }

    internal string ToJson() => JsonSerializer.Serialize(this, TrialStatusJson.Default.TrialStatus) + "\n";

    internal static TrialStatus? Parse(string json)
    {
        try
        {
            return JsonSerializer.Deserialize(json, TrialStatusJson.Default.TrialStatus);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}

/// <summary>How it is written.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, WriteIndented = true, UseStringEnumConverter = true, NewLine = "\n")]
[JsonSerializable(typeof(TrialStatus))]
internal sealed partial class TrialStatusJson : JsonSerializerContext;
