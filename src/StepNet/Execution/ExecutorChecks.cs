using StepNet.Graph;

namespace StepNet.Execution;

/// <summary>What every executor refuses.</summary>
internal static class ExecutorChecks
{
    /// <summary>Sees to it that a variable is written whole.</summary>
    /// <exception cref="ArgumentException">It would not be.</exception>
    internal static void Length(Variable variable, int numbers)
    {
        if (numbers != variable.Shape.ItemCount)
        {
            throw new ArgumentException($"Write: {numbers} numbers for '{variable.Name}' {variable.Shape}, which has {variable.Shape.ItemCount}.");
        }
    }
}
