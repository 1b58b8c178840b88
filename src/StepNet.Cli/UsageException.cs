namespace StepNet.Cli;

/// <summary>A command line that cannot be carried out; the message is one line for the user.</summary>
internal sealed class UsageException(string message) : Exception(message);
