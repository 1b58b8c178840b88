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
    /// <param name="threads">Threads, or 0 for one per processor.</param>
    /// <exception cref="InvalidOperationException">An environment variable holds a word that is none of its choices.</exception>
    public static IExecutor Create(GraphProgram program, int maxBatch, int threads = 0)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(maxBatch);
        ArgumentOutOfRangeException.ThrowIfNegative(threads);
        return Environment.GetEnvironmentVariable(Variable) switch
        {
            "reference" => new ReferenceExecutor<double>(program, maxBatch),
            null or "" or "cpu" => new CpuExecutor(
                new CpuPlan(program, maxBatch),
                Threads(threads),
                VectorKernels.Select(Environment.GetEnvironmentVariable(SimdVariable))),
            string other => throw new InvalidOperationException(
                $"{Variable}='{other}' is no executor. Use 'cpu' (default) or 'reference'."),
        };
    }

    /// <summary>Threads that 0 stands for: one per processor that this process may use.</summary>
    public static int Threads(int asked) => asked > 0 ? asked : Environment.ProcessorCount;
}
