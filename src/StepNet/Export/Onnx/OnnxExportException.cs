namespace StepNet.Export.Onnx;

/// <summary>A network cannot be written as ONNX. The message is one line: which operation, where, what to do.</summary>
/// <param name="message">One line.</param>
public sealed class OnnxExportException(string message) : Exception(message);
