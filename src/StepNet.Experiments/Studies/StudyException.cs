namespace StepNet.Experiments.Studies;

/// <summary>A study that cannot be carried out as it is written; the message is one line for its author, with file and line where they are known.</summary>
/// <param name="message">Where, what came, what was expected.</param>
public sealed class StudyException(string message) : Exception(message);
