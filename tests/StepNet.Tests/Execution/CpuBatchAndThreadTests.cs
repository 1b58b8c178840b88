using StepNet.Execution;
using StepNet.Execution.Cpu;
using StepNet.Graph;
using StepNet.Kernels;
using StepNet.Models;
using StepNet.Nn;
using StepNet.Optim;
using StepNet.Passes;
using StepNet.Training;

namespace StepNet.Tests.Execution;

/// <summary>One plan for every batch size, one result for every number of threads.</summary>
public sealed class CpuBatchAndThreadTests
{
    internal static readonly Shape s_images = Shape.Of(3, 8, 8);

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(72)]
    [InlineData(128)]
    public void Run_BatchBelowThePlanned_MatchesReference(int n)
    {
        GraphProgram program = Program(out _, out CifarResNet model);
        (float[] images, float[] labels) = CpuExecutorTests.Data(n, s_images);
        using ReferenceExecutor<double> reference = new(program, n);
        using CpuExecutor cpu = new(new CpuPlan(program, 128), 2, VectorKernels.Select());
        foreach (IExecutor executor in new IExecutor[] { reference, cpu })
        {
            executor.Feed("input", images);
            executor.Feed("labels", labels);
            executor.Run(n);
        }

        foreach (Variable variable in model.State)
        {
            float[] expected = new float[variable.Shape.ItemCount], actual = new float[expected.Length];
            reference.Read(variable, expected);
            cpu.Read(variable, actual);
            double error = CpuExecutorTests.RelativeError(expected, actual, floor: 1e-2);
            // A few ReLUs turn over by rounding, as their inputs are near 0; a wrong index would show as 1.
            Assert.True(error < 1e-3, $"{variable.Name}: relative error {error:g3}");
        }
    }

    [Fact]
    public void Run_SmallBatchAfterALargeOne_LeavesNoTrace()
    {
        (float[] images, float[] labels) = CpuExecutorTests.Data(128, s_images);
        float[] alone = Train(2, [72], images, labels, learningRate: 0);

        float[] after = Train(2, [128, 72], images, labels, learningRate: 0);

        Assert.Equal(alone, after);
    }

    [Fact]
    public void Run_AnyNumberOfThreads_GivesTheSameBits()
    {
        (float[] images, float[] labels) = CpuExecutorTests.Data(100, s_images);
        int[] batches = [100, 100, 36, 100, 36];
        float[] one = Train(1, batches, images, labels, learningRate: 0.05);
        Assert.All(one, value => Assert.True(float.IsFinite(value)));

        foreach (int threads in new[] { 2, 3, 4, 7 })
        {
            Assert.Equal(one, Train(threads, batches, images, labels, learningRate: 0.05));
        }
    }

    [Theory]
    [InlineData("images")]
    [InlineData("text")]
    public void Run_SmallNetworkOnAnyNumberOfThreads_GivesTheSameBitsNearTheReference(string name)
    {
        const int N = 43;
        GraphProgram program = SmallNetworks.Step(name, new Sgd(0.9, 1e-3), out Module model);
        CpuPlan plan = new(program, N);
        float[] reference = State(new ReferenceExecutor<double>(program, N)), one = State(new CpuExecutor(plan, 1, VectorKernels.Select()));

        Assert.True(CpuExecutorTests.RelativeError(reference, one) < 1e-4);
        foreach (int threads in new[] { 2, 3, 5 })
        {
            Assert.Equal(one, State(new CpuExecutor(plan, threads, VectorKernels.Select())));
        }

        float[] State(IExecutor executor)
        {
            using (executor)
            {
                foreach (Slot slot in program.Slots)
                {
                    executor.Set(slot, 0.05);
                }

                for (int step = 0; step < 3; step++)
                {
                    executor.Random = new RandomKey(1, step);
                    executor.Feed("input", SmallNetworks.Data(name, N));
                    executor.Feed("labels", SmallNetworks.Labels(N));
                    executor.Run(N);
                }

                List<float> values = [];
                foreach (Variable variable in model.State)
                {
                    float[] read = new float[variable.Shape.ItemCount];
                    executor.Read(variable, read);
                    values.AddRange(read);
                }

                return [.. values];
            }
        }
    }

    [Fact]
    public void Run_ManyExecutorsAtOnce_GiveTheSameBits()
    {
        (float[] images, float[] labels) = CpuExecutorTests.Data(32, s_images);
        float[] alone = Train(2, [32, 32], images, labels, learningRate: 0.05);

        float[][] together = new float[6][];
        Parallel.For(0, together.Length, i => together[i] = Train(2, [32, 32], images, labels, learningRate: 0.05));

        Assert.All(together, result => Assert.Equal(alone, result));
    }

    [Fact]
    public void Feed_WrongUse_SaysWhatIsExpected()
    {
        using CpuExecutor cpu = new(new CpuPlan(Program(out _, out _), 4), 1, VectorKernels.Select());

        Assert.Contains("no input 'image'. Inputs: input, labels", Assert.Throws<ArgumentException>(
            () => cpu.Feed("image", new float[1])).Message, StringComparison.Ordinal);
        Assert.Contains("192 for each item, at most 4", Assert.Throws<ArgumentException>(
            () => cpu.Feed("input", new float[5 * 192])).Message, StringComparison.Ordinal);
        Assert.Contains("was fed 0 items", Assert.Throws<InvalidOperationException>(() => cpu.Run(2)).Message, StringComparison.Ordinal);
    }

    internal static GraphProgram Program(out Sgd optimizer, out CifarResNet model)
    {
        model = new CifarResNet(new CifarResNetOptions
        {
            Depth = 8,
            Step = CoefficientSpec.LearnedFrom(0.5),
            Skip = CoefficientSpec.Parse("channel:0.9@stage"),
        });
        model.Initialize(2);
        optimizer = new Sgd(0.9, 1e-3);
        return TrainingGraph.Build(model, s_images, optimizer);
    }

    private static float[] Train(int threads, int[] batches, float[] images, float[] labels, double learningRate)
    {
        GraphProgram program = Program(out Sgd optimizer, out CifarResNet model);
        using CpuExecutor cpu = new(new CpuPlan(program, 128), threads, VectorKernels.Select());
        float[] logits = [];
        foreach (int n in batches)
        {
            // With a learning rate of 0 the running statistics still move: they start anew before each batch.
            foreach (Variable state in model.State.OfType<RunningState>())
            {
                cpu.Write(state, state.Values);
            }

            cpu.Feed("input", images.AsSpan(0, n * s_images.ItemCount));
            cpu.Feed("labels", labels.AsSpan(0, n));
            cpu.Set(optimizer.LearningRate, learningRate);
            cpu.Run(n);
            logits = new float[n * 10];
            cpu.Fetch("logits", logits);
        }

        List<float> result = [.. logits];
        foreach (Variable variable in model.State)
        {
            float[] values = new float[variable.Shape.ItemCount];
            cpu.Read(variable, values);
            result.AddRange(values);
        }

        return [.. result];
    }
}
