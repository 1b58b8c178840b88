namespace StepNet.Execution;

/// <summary>An environment variable holds a value that it cannot have; the message is one line that begins with its name.</summary>
public sealed class EnvironmentVariableException : InvalidOperationException
{
    /// <summary>Names the variable and its value.</summary>
    /// <param name="variable">Name.</param>
    /// <param name="value">What it holds.</param>
    /// <param name="expected">The rest of the sentence: what is wrong, what was expected, what to do.</param>
    public EnvironmentVariableException(string variable, string value, string expected)
        : base($"{variable}='{value}' {expected}")
    {
    }
}
