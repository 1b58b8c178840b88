using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace StepNet.Inference;

/// <summary>Class names as JSON, readable in any alphabet: the file is no HTML.</summary>
[JsonSerializable(typeof(IReadOnlyList<string>))]
internal sealed partial class OnnxFileJson : JsonSerializerContext
{
    internal static OnnxFileJson Relaxed { get; } = new(new JsonSerializerOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
}
