using StepNet.Execution;
using StepNet.Graph;
using StepNet.Nn;
using StepNet.Passes;

namespace StepNet.Tests.Nn;

public sealed class BatchNorm2dTests
{
    // Two items of one channel and two pixels: mean 3, biased variance 3.5, unbiased 14 / 3.
    private static readonly double[] Pixels = [1, 2, 3, 6];
    private static readonly Shape Item = Shape.Of(1, 1, 2);

    [Fact]
    public void Run_InTraining_NormalisesByTheBatch()
    {
        using ReferenceExecutor<double> executor = Executor(new BatchNorm2d(1, epsilon: 0.5), training: true, maxBatch: 2);

        // sqrt(3.5 + 0.5) = 2.
        Compute.AssertClose([-1, -0.5, 0, 1.5], Run(executor, Pixels, n: 2));
    }

    [Fact]
    public void Run_InTraining_UpdatesRunningStateOnceARun()
    {
        BatchNorm2d norm = new(1);
        using ReferenceExecutor<double> executor = Executor(norm, training: true, maxBatch: 2);

        (double mean, double variance) = (0, 1);
        for (int i = 0; i < 3; i++)
        {
            Run(executor, Pixels, n: 2);
            (mean, variance) = ((0.9 * mean) + (0.1 * 3), (0.9 * variance) + (0.1 * 14 / 3));

            Assert.Equal(mean, executor.Exact(norm.RunningMean)[0], tolerance: 1e-12);
            Assert.Equal(variance, executor.Exact(norm.RunningVar)[0], tolerance: 1e-12);
        }

        Assert.Equal(0, norm.RunningMean.Values[0]);
    }

    [Fact]
    public void Run_InPrediction_UsesRunningStateAndKeepsIt()
    {
        BatchNorm2d norm = new(1, epsilon: 0);
        norm.Initialize(1);
        (norm.RunningMean.Values[0], norm.RunningVar.Values[0]) = (2, 4);
        (norm.Weight.Values[0], norm.Bias.Values[0]) = (3, 10);
        using ReferenceExecutor<double> executor = Executor(norm, training: false, maxBatch: 2);

        // 3 (x - 2) / 2 + 10, whatever else is in the batch.
        Compute.AssertClose([8.5, 10, 11.5, 16], Run(executor, Pixels, n: 2));
        Assert.Equal((2, 4), (executor.Exact(norm.RunningMean)[0], executor.Exact(norm.RunningVar)[0]));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void Run_FewerItemsThanTheBuffersHold_DividesByTheRealNumber(int n)
    {
        BatchNorm2d large = new(2), small = new(2);
        using ReferenceExecutor<double> eight = Executor(large, training: true, maxBatch: 8, Shape.Of(2, 2, 2));
        using ReferenceExecutor<double> exact = Executor(small, training: true, maxBatch: n, Shape.Of(2, 2, 2));
        double[] x = Compute.Uniform(n * 8, seed: 5);

        // A full batch first, so that the places behind n hold other numbers than zero.
        Run(eight, Compute.Uniform(64, seed: 6), n: 8);
        eight.Write(large.RunningMean, [0, 0]);
        eight.Write(large.RunningVar, [1, 1]);

        Assert.Equal(Run(exact, x, n), Run(eight, x, n));
        Assert.Equal(exact.Exact(small.RunningMean).ToArray(), eight.Exact(large.RunningMean).ToArray());
        Assert.Equal(exact.Exact(small.RunningVar).ToArray(), eight.Exact(large.RunningVar).ToArray());
    }

    [Fact]
    public void Run_OneValueAChannel_IsFinite()
    {
        BatchNorm2d norm = new(1);
        using ReferenceExecutor<double> executor = Executor(norm, training: true, maxBatch: 1, Shape.Of(1));

        Assert.Equal([0], Run(executor, [5], n: 1));
        Assert.Equal(0.9, executor.Exact(norm.RunningVar)[0], tolerance: 1e-12);
    }

    private static double[] Run(ReferenceExecutor<double> executor, double[] x, int n)
    {
        executor.FeedExact("input", x);
        executor.Run(n);
        return executor.FetchExact("y").ToArray();
    }

    private static ReferenceExecutor<double> Executor(BatchNorm2d norm, bool training, int maxBatch, Shape? item = null)
    {
        Tensor y = Tracer.Trace(norm, item ?? Item, training);
        return new(new GraphProgram(y.Graph, new Dictionary<string, Tensor> { ["y"] = y }), maxBatch);
    }
}
