using StepNet.Execution.Cpu;
using StepNet.Kernels;
using StepNet.Passes;

namespace StepNet.Execution;

/// <summary>Makes executors.</summary>
public static class Executors
{
    /// <summary>Environment variable that chooses the executor: <c>cpu</c> (default) or <c>reference</c>.</summary>
    public const string Variable = "STEPNET_EXECUTOR";

    /// <summary>Environment variable that chooses the instruction set: <c>avx512</c>, <c>avx2</c>, <c>portable</c>.</summary>
    public const string SimdVariable = "STEPNET_SIMD";

    /// <summary>The executor that <see cref="Variable"/> asks for.</summary>
    /// <param name="program">What to run.</param>
    /// <param name="maxBatch">Largest batch, at least 1.</param>
    /// <param name="threads">Threads, or 0: see <see cref="ThreadCount"/>.</param>
    /// <exception cref="EnvironmentVariableException">An environment variable holds a word that is none of its choices.</exception>
    public static IExecutor Create(GraphProgram program, int maxBatch, int threads = 0)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(maxBatch);
        return Environment.GetEnvironmentVariable(Variable) switch
        {
            "reference" => new ReferenceExecutor<double>(program, maxBatch),
            null or "" or "cpu" => new CpuExecutor(
                new CpuPlan(program, maxBatch),
                ThreadCount.Resolve(threads),
                Kernels()),
            string other => throw new EnvironmentVariableException(
                Variable, other, "is no executor. Use 'cpu' (default) or 'reference'."),
        };
    }

    private static VectorKernels Kernels()
    {
        string? name = Environment.GetEnvironmentVariable(SimdVariable);
        return string.IsNullOrEmpty(name) || VectorKernels.Available.Contains(name) ? VectorKernels.Select(name)
            : throw new EnvironmentVariableException(
                SimdVariable, name, $"is no instruction set of this machine. It has: {string.Join(", ", VectorKernels.Available)}.");
    }
}
