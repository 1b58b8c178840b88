namespace StepNet.Data;

/// <summary>
/// Data on disk is missing or not what it should be. The message is one line: what, where, what was expected, what to do.
/// </summary>
/// <param name="message">One line, complete in itself: commands print it alone.</param>
/// <param name="inner">What the reader of the file reported, where there was such a thing.</param>
public sealed class DataException(string message, Exception? inner = null) : Exception(message, inner);
