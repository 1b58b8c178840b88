using System.Text.Json.Serialization;
using StepNet.Data;

namespace StepNet.Cli;

/// <summary>Serialises without reflection: the command starts faster.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, WriteIndented = true)]
[JsonSerializable(typeof(DataInspection))]
internal sealed partial class DataInspectionJson : JsonSerializerContext;
