namespace StepNet.Nn;

/// <summary>Two traces of one module differ: its <c>Forward</c> depends on something other than shapes and settings.</summary>
public sealed class TraceMismatchException(string message) : InvalidOperationException(message);
