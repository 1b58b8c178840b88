using System.Diagnostics;
using StepNet.Execution.Cpu;
using StepNet.Kernels;
using StepNet.Optim;
using StepNet.Passes;

namespace StepNet.Tests.Execution;

/// <summary>Tests that read figures of the whole process: no other test runs beside them.</summary>
[CollectionDefinition(nameof(Alone), DisableParallelization = true)]
public sealed class Alone;

/// <summary>No memory that grows.</summary>
[Collection(nameof(Alone))]
public sealed class CpuMemoryTests
{
    // Two chunks of eight items: for two threads, and for more threads than chunks. One chunk, which all threads share.
    [Theory]
    [InlineData(16, 2)]
    [InlineData(16, 5)]
    [InlineData(8, 3)]
    public void Run_WarmSteps_AllocateNothingAndMemoryStaysFlat(int n, int threads)
    {
        GraphProgram program = CpuBatchAndThreadTests.Program(out Sgd optimizer, out _);
        (float[] images, float[] labels) = CpuExecutorTests.Data(n, CpuBatchAndThreadTests.s_images);
        using CpuExecutor cpu = new(new CpuPlan(program, n), threads, VectorKernels.Select());
        for (int i = 0; i < 50; i++)
        {
            Step();
        }

        long resident = Resident(), allocated = GC.GetTotalAllocatedBytes(precise: true);
        for (int i = 0; i < 1000; i++)
        {
            Step();
        }

        long perStep = (GC.GetTotalAllocatedBytes(precise: true) - allocated) / 1000, growth = Resident() - resident;
        Assert.True(perStep < 100, $"{perStep} bytes on the managed heap in a step");
        Assert.True(growth < 32L << 20, $"{growth >> 20} MiB more after 1,000 steps");

        void Step()
        {
            cpu.Feed("input", images);
            cpu.Feed("labels", labels);
            cpu.Set(optimizer.LearningRate, 0.01);
            cpu.Run(n);
        }
    }

    [Theory]
    [InlineData("images", false)]
    [InlineData("text", false)]
    [InlineData("images", true)]
    public void Run_SmallNetworks_AllocateNothing(string name, bool adaptive)
    {
        Optimizer optimizer = adaptive ? new AdamW { ClipNorm = 0.1 } : new Sgd(0.9, 1e-3);
        GraphProgram program = SmallNetworks.Step(name, optimizer, out _);
        (float[] input, float[] labels) = (SmallNetworks.Data(name, 16), SmallNetworks.Labels(16));
        using CpuExecutor cpu = new(new CpuPlan(program, 16), 2, VectorKernels.Select());
        Steps(50);
        long allocated = GC.GetTotalAllocatedBytes(precise: true);
        Steps(500);

        long perStep = (GC.GetTotalAllocatedBytes(precise: true) - allocated) / 500;
        Assert.True(perStep < 100, $"{perStep} bytes on the managed heap in a step");

        void Steps(int count)
        {
            for (int i = 0; i < count; i++)
            {
                cpu.Feed("input", input);
                cpu.Feed("labels", labels);
                cpu.Run(16);
            }
        }
    }

    [Fact]
    public void Buffers_OfExecutorsNeverDisposed_AreFreed()
    {
        const int Executors = 30, Batch = 512;
        CpuPlan plan = new(CpuBatchAndThreadTests.Program(out _, out _), Batch);
        (float[] images, float[] labels) = CpuExecutorTests.Data(Batch, CpuBatchAndThreadTests.s_images);
        Forget();
        long before = Resident(), together = plan.StoreFloats * sizeof(float) * Executors;
        for (int i = 0; i < Executors; i++)
        {
            Forget();
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }

        // Half of it would already be a leak of every second one; the pages were touched by a step.
        long growth = Resident() - before;
        Assert.True(together > 400L << 20, $"{together >> 20} MiB in all are too little to be told from noise");
        Assert.True(growth < together / 4, $"{growth >> 20} of {together >> 20} MiB of forgotten executors are still there");

        void Forget()
        {
            CpuExecutor cpu = new(plan, 1, VectorKernels.Select());
            cpu.Feed("input", images);
            cpu.Feed("labels", labels);
            cpu.Run(Batch);
        }
    }

    private static long Resident()
    {
        using Process process = Process.GetCurrentProcess();
        return process.WorkingSet64;
    }
}
