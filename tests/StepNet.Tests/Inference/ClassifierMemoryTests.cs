using System.Diagnostics;
using StepNet.Graph;
using StepNet.Imaging;
using StepNet.Inference;
using StepNet.Models;
using StepNet.Tests.Execution;

namespace StepNet.Tests.Inference;

/// <summary>Memory of a classifier that runs for long.</summary>
[Collection(nameof(Alone))]
public sealed class ClassifierMemoryTests
{
    [Fact]
    public void Predict_TenThousandTimes_MemoryStaysFlat()
    {
        TrainedModel model = ModelFolder.Model(new CifarResNetOptions { Depth = 8, Width = 8 }, Shape.Of(3, 8, 8), mean: [0, 0, 0], std: [1, 1, 1]);
        using Classifier classifier = new(model, new ClassifierOptions { Threads = 1, Concurrency = 4 });
        byte[] file = PngEncoder.Encode(new RgbImage(12, 12, [.. Enumerable.Range(0, 3 * 12 * 12).Select(i => (byte)(i * 7))]));
        Predict(500);
        (long resident, long heap) = (Resident(), GC.GetTotalMemory(forceFullCollection: true));

        Predict(10_000);

        long more = Resident() - resident, moreHeap = GC.GetTotalMemory(forceFullCollection: true) - heap;
        Assert.True(more < 24L << 20, $"{more >> 20} MiB more resident after 10,000 predictions");
        Assert.True(moreHeap < 1L << 20, $"{moreHeap >> 10} KiB more on the heap after 10,000 predictions");

        // From several threads, so that all executors are at work, and none is lost on the way.
        void Predict(int times) => Parallel.For(
            0, times, new ParallelOptions { MaxDegreeOfParallelism = 8 }, _ => classifier.Predict(new MemoryStream(file)));
    }

    // What the collector keeps for garbage to come is no leak: it gives that back first.
    private static long Resident()
    {
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        using Process process = Process.GetCurrentProcess();
        return process.WorkingSet64;
    }
}
