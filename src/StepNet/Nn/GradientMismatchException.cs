namespace StepNet.Nn;

/// <summary>A gradient rule and the differences of its operation disagree.</summary>
public sealed class GradientMismatchException(string message) : Exception(message);
