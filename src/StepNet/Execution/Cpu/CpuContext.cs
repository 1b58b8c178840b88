using StepNet.Graph;
using StepNet.Kernels;

namespace StepNet.Execution.Cpu;

/// <summary>What one thread of an executor works on: its buffers and its present part of the batch.</summary>
internal sealed unsafe class CpuContext
{
    /// <summary>Values of the whole batch.</summary>
    public float* Store { get; set; }

    /// <summary>This thread's own memory: what steps need while they run.</summary>
    public float* Scratch { get; set; }

    /// <summary>Values of the present items: this thread's own memory, or another's where threads share the work on an item.</summary>
    public float* Items { get; set; }

    /// <summary>Unbatched values.</summary>
    public float* Small { get; set; }

    /// <summary>Items in the batch.</summary>
    public int N { get; set; }

    /// <summary>First item of the present group.</summary>
    public int First { get; set; }

    /// <summary>Items of the present group.</summary>
    public int Count { get; set; }

    /// <summary>Present chunk of the batch, and the number of chunks.</summary>
    public int Chunk { get; set; }

    public int Chunks { get; set; }

    public RandomKey Random { get; set; }

    /// <summary>Threads that share the work.</summary>
    public required int Threads { get; init; }

    public required VectorKernels Kernels { get; init; }

    /// <summary>For operations without a kernel of their own.</summary>
    public NativeOperands Operands { get; } = new();
}
