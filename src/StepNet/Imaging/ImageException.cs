namespace StepNet.Imaging;

/// <summary>A picture file is damaged, cut off, too large or of a kind that no decoder reads. The message is one line.</summary>
/// <param name="message">What is wrong, where in the file, and what was expected.</param>
/// <param name="inner">What a stream underneath reported, where there was such a thing.</param>
public sealed class ImageException(string message, Exception? inner = null) : Exception(message, inner);
