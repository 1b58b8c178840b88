using StepNet.Execution;
using StepNet.Kernels;

namespace StepNet.Benchmarks;

/// <summary>Instruction sets by name: those of the library, and one lane at a time to compare with.</summary>
internal static class Simd
{
    /// <summary>The kernels' source without vectors: <see cref="ScalarSimd"/>.</summary>
    public const string Scalar = "scalar";

    /// <summary>The one that <see cref="Executors.SimdVariable"/> names, or the best.</summary>
    public static string Chosen => Kernels(null).Name;

    /// <summary>The kernels of a name; of null, those of <see cref="Chosen"/>.</summary>
    /// <exception cref="InvalidOperationException">The machine lacks it, or there is no such set.</exception>
    public static VectorKernels Kernels(string? name) => name == Scalar
        ? new VectorKernels<ScalarSimd, float>(Scalar)
        : VectorKernels.Select(name ?? Environment.GetEnvironmentVariable(Executors.SimdVariable));
}
