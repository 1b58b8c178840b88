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
    [Fact]
    public void Run_WarmSteps_AllocateNothingAndMemoryStaysFlat()
    {
        GraphProgram program = CpuBatchAndThreadTests.Program(out Sgd optimizer, out _);
        (float[] images, float[] labels) = CpuExecutorTests.Data(16, CpuBatchAndThreadTests.s_images);
        using CpuExecutor cpu = new(new CpuPlan(program, 16), 2, VectorKernels.Select());
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
        Assert.True(perStep < 1024, $"{perStep} bytes on the managed heap in a step");
        Assert.True(growth < 32L << 20, $"{growth >> 20} MiB more after 1,000 steps");

        void Step()
        {
            cpu.Feed("input", images);
            cpu.Feed("labels", labels);
            cpu.Set(optimizer.LearningRate, 0.01);
            cpu.Run(16);
        }

        static long Resident()
        {
            using Process process = Process.GetCurrentProcess();
            return process.WorkingSet64;
        }
    }

    [Theory]
    [InlineData("images")]
    [InlineData("text")]
    public void Run_SmallNetworks_AllocateNothing(string name)
    {
        GraphProgram program = SmallNetworks.Step(name, new Sgd(0.9, 1e-3), out _);
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
        GraphProgram program = CpuBatchAndThreadTests.Program(out _, out _);
        CpuPlan plan = new(program, 512);
        long mebibytes = plan.StoreFloats * sizeof(float) >> 20;
        for (int i = 0; i < 40; i++)
        {
            _ = new CpuExecutor(plan, 1, VectorKernels.Select());
        }

        GC.Collect();
        GC.WaitForPendingFinalizers();
        using Process process = Process.GetCurrentProcess();
        Assert.True(process.WorkingSet64 >> 20 < (40 * mebibytes) + 200, "The buffers of forgotten executors are still there.");
    }
}
