namespace StepNet.Graph;

/// <summary>Operands do not fit together; the message names the module, both shapes and the remedy.</summary>
public sealed class ShapeMismatchException(string message) : ArgumentException(message);
