namespace StepNet.Training;

/// <summary>A checkpoint is of another run: of other items, another plan, another model or optimiser.</summary>
/// <param name="message">One line: what differs.</param>
public sealed class CheckpointMismatchException(string message) : ArgumentException(message);
