using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace StepNet.Kernels;

/// <summary>All vector kernels, for one instruction set. Each operation lies in a file of its own.</summary>
internal abstract unsafe partial class VectorKernels
{
    /// <summary>Name of the instruction set, as <see cref="Select"/> takes it.</summary>
    public abstract string Name { get; }

    /// <summary>Instruction sets that this machine can run, best first.</summary>
    public static IReadOnlyList<string> Available =>
    [
        .. Vector512.IsHardwareAccelerated ? new[] { "avx512" } : [],
        .. Vector256.IsHardwareAccelerated && System.Runtime.Intrinsics.X86.Fma.IsSupported ? new[] { "avx2" } : [],
        "portable",
    ];

    /// <summary>The kernels of an instruction set.</summary>
    /// <param name="name"><c>avx512</c>, <c>avx2</c>, <c>portable</c>; null or empty for the best that the machine has.</param>
    /// <exception cref="InvalidOperationException">The machine lacks it, or there is no such set.</exception>
    public static VectorKernels Select(string? name = null)
    {
        string chosen = string.IsNullOrEmpty(name) ? Available[0] : name;
        if (!Available.Contains(chosen))
        {
            throw new InvalidOperationException(
                $"Instruction set '{chosen}' is not available here. This machine has: {string.Join(", ", Available)}.");
        }

        return chosen switch
        {
            "avx512" => new VectorKernels<Avx512Simd, Vector512<float>>("avx512"),
            "avx2" => new VectorKernels<Avx2Simd, Vector256<float>>("avx2"),
            _ => new VectorKernels<PortableSimd, Vector128<float>>("portable"),
        };
    }
}

/// <summary>The kernels, compiled for <typeparamref name="TSimd"/>.</summary>
internal sealed unsafe partial class VectorKernels<TSimd, TVec>(string name) : VectorKernels
    where TSimd : struct, ISimd<TVec>
    where TVec : unmanaged
{
    /// <summary>
    /// Kernels are compiled at full optimisation the first time: code of the first tier takes a hundred times as long, and a
    /// first step that waits for the JIT's second thoughts takes seconds.
    /// </summary>
    private const MethodImplOptions Hot = MethodImplOptions.AggressiveOptimization;

    public override string Name { get; } = name;
}
