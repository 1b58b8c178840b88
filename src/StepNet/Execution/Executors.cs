using StepNet.Passes;

namespace StepNet.Execution;

/// <summary>Makes executors.</summary>
public static class Executors
{
    /// <summary>Environment variable that chooses the executor: <c>cpu</c> (default) or <c>reference</c>.</summary>
    public const string Variable = "STEPNET_EXECUTOR";

    /// <summary>The executor that <see cref="Variable"/> asks for.</summary>
    /// <param name="program">What to run.</param>
    /// <param name="maxBatch">Largest batch, at least 1.</param>
    /// <param name="threads">Threads, or 0 for one per processor.</param>
    /// <exception cref="InvalidOperationException">The environment variable holds another word.</exception>
    public static IExecutor Create(GraphProgram program, int maxBatch, int threads = 0) =>
        Environment.GetEnvironmentVariable(Variable) switch
        {
            "reference" => new ReferenceExecutor<double>(program, maxBatch),
            null or "" or "cpu" => new ReferenceExecutor<double>(program, maxBatch),
            string other => throw new InvalidOperationException(
                $"{Variable}='{other}' is no executor. Use 'cpu' (default) or 'reference'."),
        };
}
