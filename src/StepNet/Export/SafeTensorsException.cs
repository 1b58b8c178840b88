namespace StepNet.Export;

/// <summary>A <c>.safetensors</c> file is damaged, or holds something else than was asked for.</summary>
/// <remarks>The message is one line: what, where, what was expected and what to do.</remarks>
public sealed class SafeTensorsException : Exception
{
    internal SafeTensorsException(string message, Exception? cause = null)
        : base(message, cause)
    {
    }
}
