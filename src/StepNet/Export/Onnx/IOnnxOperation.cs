namespace StepNet.Export.Onnx;

/// <summary>What an operation of one's own adds to be exported: itself in operators of ONNX.</summary>
public interface IOnnxOperation
{
    /// <summary>Adds operators to the graph.</summary>
    /// <param name="graph">Receives nodes and constants.</param>
    /// <param name="inputs">Names of the operation's inputs.</param>
    /// <returns>Names of its outputs, as many as it has.</returns>
    IReadOnlyList<string> ToOnnx(OnnxGraph graph, IReadOnlyList<string> inputs);
}
