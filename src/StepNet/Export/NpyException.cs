namespace StepNet.Export;

/// <summary>A <c>.npy</c> file is damaged, or holds something else than was asked for.</summary>
/// <remarks>The message is one line: what, where, what was expected and what to do.</remarks>
public sealed class NpyException : Exception
{
    internal NpyException(string message, Exception? cause = null)
        : base(message, cause)
    {
    }
}
