using System.Text.Json.Serialization;

namespace StepNet.Cli;

/// <summary>What <c>stepnet models --json</c> prints.</summary>
/// <param name="Batch">Items of a step.</param>
/// <param name="Networks">Networks of the papers; others differ by the number in their name.</param>
/// <param name="Presets">Choices of h and s that go with all of them.</param>
internal sealed record ModelsReport(int Batch, IReadOnlyList<NetworkListing> Networks, IReadOnlyList<PresetListing> Presets);

/// <summary>A network for one input.</summary>
/// <param name="Name">As <c>--model</c> takes it.</param>
/// <param name="Summary">What it is.</param>
/// <param name="Input">Shape of an item.</param>
/// <param name="Parameters">Trained values.</param>
/// <param name="MultiplyAdds">Of one forward pass over one item.</param>
/// <param name="ActivationBytes">What a training step over the batch keeps between its phases.</param>
internal sealed record NetworkListing(string Name, string Summary, string Input, int Parameters, long MultiplyAdds, long ActivationBytes);

/// <summary>A preset.</summary>
/// <param name="Name">As <c>--preset</c> takes it.</param>
/// <param name="Options">What it sets, by option.</param>
/// <param name="Summary">What it is.</param>
/// <param name="Source">Where it comes from.</param>
internal sealed record PresetListing(string Name, IReadOnlyDictionary<string, string> Options, string Summary, string Source);

/// <summary>Serialises without reflection: the command starts faster.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, WriteIndented = true)]
[JsonSerializable(typeof(ModelsReport))]
internal sealed partial class ModelsReportJson : JsonSerializerContext;
