using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace StepNet.Benchmarks;

/// <summary>
/// One measurement by one process: what <c>measure</c>, <c>train_speed.py</c> and <c>infer_speed.js</c> print as a line of JSON.
/// </summary>
internal sealed record Row
{
    /// <summary>Our own <see cref="Variant"/>.</summary>
    public const string Ours = "stepnet";

    /// <summary><see cref="Variant"/> of onnxruntime-node.</summary>
    public const string OnnxRuntime = "onnxruntime";

    public static readonly JsonSerializerOptions Json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, // a plus stays a plus: nothing here goes into a page
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower) },
    };

    /// <summary>Name of the case; empty for a measurement alone.</summary>
    public string Case { get; init; } = "";

    /// <summary>Round of the comparison, from 1; 0 for a measurement alone.</summary>
    public int Round { get; init; }

    /// <summary>
    /// Who and in what setting: <c>stepnet</c>, <c>default</c>, <c>channels_last</c>, <c>tuned</c>, <c>onnxruntime</c>, or an
    /// instruction set.
    /// </summary>
    public required string Variant { get; init; }

    public required string Model { get; init; }

    public required string Mode { get; init; }

    public required int Batch { get; init; }

    public required int Threads { get; init; }

    public string? Norm { get; init; }

    public string? Optimizer { get; init; }

    /// <summary>Characters of a text.</summary>
    public int? Length { get; init; }

    /// <summary>Numbers that the network learns; rivals must have as many.</summary>
    public long? Parameters { get; init; }

    /// <summary>Multiply-adds of direct convolutions and linear layers in a step, gradients included.</summary>
    public long? StepMultiplyAdds { get; init; }

    /// <summary>Median over the timed steps.</summary>
    public required double ItemsPerSecond { get; init; }

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

    public string? Torch { get; init; }

    /// <summary>Version of onnxruntime-node.</summary>
    public string? Onnx { get; init; }

    /// <summary>Processors that others kept busy just before; 0 on a quiet machine.</summary>
    public double? BusyBefore { get; init; }

    /// <summary>Direct multiply-adds a second, in units of 10^9 floating-point operations.</summary>
    [JsonIgnore]
    public double? Gflops => 2e-9 * StepMultiplyAdds * ItemsPerSecond / Batch;
}
