using System.Reflection;
using Google.Protobuf;
using StepNet.Graph;
using StepNet.Nn;
using StepNet.Passes;
using Module = StepNet.Nn.Module;

namespace StepNet.Export.Onnx;

/// <summary>
/// Writes a network for prediction as an ONNX file, from its traced graph: any network of operations that ONNX knows, with any
/// batch. Values keep their names (<c>layer1.0.conv1.weight</c>), fixed coefficients are constants (<c>layer1.0.step</c>).
/// </summary>
public static class OnnxExporter
{
    /// <summary>Version of ONNX's operators: old enough for runtimes since 2022.</summary>
    public const int Opset = 17;

    private const int IrVersion = 8;

    /// <summary>Name of the output, <c>[N, classes]</c>.</summary>
    public const string OutputName = "logits";

    /// <summary>Writes the file, whole or not at all; equal networks give equal bytes.</summary>
    /// <param name="path">Target.</param>
    /// <param name="network">Its present values are written.</param>
    /// <param name="itemShape">Shape of one item of the network.</param>
    /// <param name="input">What the file reads; the network's own input where null.</param>
    /// <param name="metadata">Texts by key, for the file's <c>metadata_props</c>.</param>
    /// <exception cref="OnnxExportException">An operation has no form in ONNX; the message names it.</exception>
    /// <exception cref="IOException">The file could not be written; the target is as before.</exception>
    public static void Write(
        string path, Module network, Shape itemShape, OnnxInput? input = null, IReadOnlyDictionary<string, string>? metadata = null)
    {
        ArgumentNullException.ThrowIfNull(network);
        ModelProto model = Build(network, itemShape, input ?? OnnxInput.Numbers);
        foreach ((string key, string value) in (metadata ?? new Dictionary<string, string>()).OrderBy(pair => pair.Key, StringComparer.Ordinal))
        {
            model.MetadataProps.Add(new StringStringEntryProto { Key = key, Value = value });
        }

        AtomicFile.Write(path, model.WriteTo);
    }

    internal static ModelProto Build(Module network, Shape itemShape, OnnxInput input)
    {
        Tensor output = Tracer.Trace(network, itemShape, training: false);
        GraphProgram program = new(output.Graph, new Dictionary<string, Tensor> { ["output"] = output });
        OnnxGraph graph = new(network.GetType().Name);
        graph.Reserve(OutputName);
        OnnxOperations operations = new(graph, program);
        string result = operations.Add(input);
        graph.Scope = "";
        graph.Output(OutputName, result, ["N", .. output.Shape.Dims]);
        graph.RemoveUnread();
        ModelProto model = new()
        {
            IrVersion = IrVersion,
            ProducerName = "StepNet",
            ProducerVersion = typeof(OnnxExporter).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion.Split('+')[0],
            Graph = graph.Proto,
        };
        model.OpsetImport.Add(new OperatorSetIdProto { Domain = "", Version = Opset });
        return model;
    }
}
