using StepNet.Data;
using StepNet.Graph;

namespace StepNet.Tests.Data;

// Counts allocations of the whole process, so nothing else may run beside it.
[Collection(nameof(Execution.Alone))]
public sealed class BatchLoaderTests
{
    private static readonly ITransform[] s_augmentation =
        [new RandomCrop(padding: 1), new HorizontalFlip(), new Normalize([1f], [2f])];

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Epoch_Whole_HasEveryItemOnceAndAPartialLastBatch(bool shuffle)
    {
        BatchLoader loader = new(new Numbered(23), batchSize: 5, [], shuffle, seed: 1);

        List<int> counts = [], items = [];
        foreach (Batch batch in loader.Epoch(0))
        {
            counts.Add(batch.Count);
            for (int i = 0; i < batch.Count; i++)
            {
                int index = (int)batch.Items[4 * i];
                Assert.Equal(index % 3, batch.Labels[i]);
                items.Add(index);
            }
        }

        Assert.Equal(5, loader.BatchesPerEpoch);
        Assert.Equal([5, 5, 5, 5, 3], counts);
        Assert.Equal(!shuffle, items.SequenceEqual(Enumerable.Range(0, 23)));
        Assert.Equal(Enumerable.Range(0, 23), items.Order());
    }

    [Fact]
    public void Epoch_TwoRuns_SameBits()
    {
        float[][] first = Collect(Loader(seed: 1), epoch: 2), second = Collect(Loader(seed: 1), epoch: 2);

        Assert.Equal(first, second);
        Assert.NotEqual(first, Collect(Loader(seed: 1), epoch: 3));
        Assert.NotEqual(first, Collect(Loader(seed: 2), epoch: 2));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    [InlineData(5)]
    public void Epoch_EnteredLater_EqualsTheTail(int startBatch)
    {
        BatchLoader loader = Loader(seed: 1);

        float[][] whole = Collect(loader, epoch: 1), tail = Collect(loader, epoch: 1, startBatch);

        Assert.Equal(whole[startBatch..], tail);
    }

    [Fact]
    public void Epoch_OtherBatchSize_SameItemsInTheSameOrder()
    {
        float[][] five = Collect(Loader(seed: 1), epoch: 1), eight = Collect(Loader(seed: 1, batchSize: 8), epoch: 1);

        Assert.Equal(five.SelectMany(x => x), eight.SelectMany(x => x));
    }

    [Fact]
    public void Epoch_TwoAtOnce_DoNotDisturbEachOther()
    {
        BatchLoader loader = Loader(seed: 1);
        float[][] expected = Collect(loader, epoch: 1);

        int k = 0;
        foreach (Batch batch in loader.Epoch(1))
        {
            Assert.Equal(expected, Collect(loader, epoch: 1));
            Assert.Equal(expected[k++], batch.Items.AsSpan(0, 4 * batch.Count));
        }
    }

    [Fact]
    public void Epoch_ReaderAtWork_NextBatchesGetReadyMeanwhile()
    {
        Numbered dataset = new(50);
        BatchLoader loader = new(dataset, batchSize: 5, [], shuffle: false, seed: 1);
        using IEnumerator<Batch> batches = loader.Epoch(0).GetEnumerator();

        Assert.True(batches.MoveNext());

        // One held, two ahead: 15 items, and no more while the reader keeps its batch.
        Assert.True(SpinWait.SpinUntil(() => dataset.Reads >= 15, TimeSpan.FromSeconds(20)));
        Thread.Sleep(20);
        Assert.Equal(15, dataset.Reads);
        Assert.Equal([0f, 0f, 0f, 0f], batches.Current.Items.AsSpan(0, 4));
    }

    [Fact]
    public void Epoch_SetThrows_SurfacesAtItsBatchWithItsType()
    {
        BatchLoader loader = new(new Numbered(20) { BrokenItem = 12 }, batchSize: 5, [], shuffle: false, seed: 1);

        int batches = 0;
        DataException error = Assert.Throws<DataException>(() =>
        {
            foreach (Batch batch in loader.Epoch(0))
            {
                batches++;
            }
        });

        Assert.Equal("item 12 is broken", error.Message);
        Assert.Equal(2, batches);
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(3)]
    public void Epoch_LabelWithoutClass_IsNamed(int label)
    {
        BatchLoader loader = new(new Numbered(4) { LastLabel = label }, batchSize: 4, [], shuffle: false, seed: 1);

        DataException error = Assert.Throws<DataException>(() => loader.Epoch(0).First());

        Assert.Equal($"Item 3 has the label {label}; expected 0 to 2, one of the 3 classes of the set.", error.Message);
    }

    [Fact]
    public void Epoch_LeftEarly_LeavesNoThread()
    {
        Numbered dataset = new(50);
        BatchLoader loader = new(dataset, batchSize: 5, [], shuffle: false, seed: 1);

        foreach (Batch batch in loader.Epoch(0))
        {
            break;
        }

        Assert.NotNull(dataset.Reader);
        Assert.NotEqual(Thread.CurrentThread, dataset.Reader);
        Assert.False(dataset.Reader.IsAlive);
    }

    [Fact]
    public void Epoch_Over_LeavesNoThread()
    {
        Numbered dataset = new(50);

        _ = Collect(new BatchLoader(dataset, batchSize: 5, [], shuffle: false, seed: 1), epoch: 0);

        Assert.False(dataset.Reader!.IsAlive);
    }

    [Fact]
    public void Epoch_Warm_AllocatesNothingPerBatch()
    {
        ImageDataset dataset = new(new byte[640 * 3072], new byte[640], Shape.Of(3, 32, 32), Cifar10.Classes);
        BatchLoader loader = new(
            new NoisyLabels(new NoisyPixels(dataset, 0.1, Cifar10.Std, seed: 1), 0.1, seed: 1),
            4,
            [
                new ColorJitter(0.2, 0.2, 0.2, 0.1), new Normalize(Cifar10.Mean, Cifar10.Std), new RandomCrop(), new HorizontalFlip(),
                new RandomResizedCrop(), new Cutout(8),
            ],
            shuffle: true,
            seed: 1,
            new Mixup(0.2));
        _ = Allocated(loader, epoch: 0);

        // The smallest of a few: the test platform's own threads allocate now and then.
        long bytes = Enumerable.Range(1, 5).Min(epoch => Allocated(loader, epoch));

        Assert.True(bytes < 1024, $"{bytes} bytes per batch");

        static long Allocated(BatchLoader loader, int epoch)
        {
            long before = 0;
            int batches = 0;
            foreach (Batch batch in loader.Epoch(epoch))
            {
                before = batches++ == 0 ? GC.GetTotalAllocatedBytes(precise: true) : before;
            }

            return (GC.GetTotalAllocatedBytes(precise: true) - before) / batches;
        }
    }

    [Fact]
    public void Epoch_OutsideTheRange_Throws()
    {
        BatchLoader loader = Loader(seed: 1);

        Assert.Throws<ArgumentOutOfRangeException>(() => loader.Epoch(-1));
        Assert.Throws<ArgumentOutOfRangeException>(() => loader.Epoch(0, startBatch: 6));
        Assert.Throws<ArgumentOutOfRangeException>(() => loader.Epoch(0, startBatch: -1));
    }

    private static BatchLoader Loader(ulong seed, int batchSize = 5) =>
        new(new Numbered(23), batchSize, s_augmentation, shuffle: true, seed);

    private static float[][] Collect(BatchLoader loader, int epoch, int startBatch = 0)
    {
        List<float[]> batches = [];
        foreach (Batch batch in loader.Epoch(epoch, startBatch))
        {
            batches.Add(batch.Items[..(4 * batch.Count)]);
        }

        return [.. batches];
    }

    /// <summary>Item i is a 2 x 2 image full of i, its label i mod 3; notes who reads and how often.</summary>
    private sealed class Numbered(int count) : IDataset
    {
        private int _reads;

        public int BrokenItem { get; init; } = -1;

        public int? LastLabel { get; init; }

        public int Reads => Volatile.Read(ref _reads);

        public Thread? Reader { get; private set; }

        public int Count => count;

        public Shape ItemShape { get; } = Shape.Of(1, 2, 2);

        public IReadOnlyList<string> Classes { get; } = ["a", "b", "c"];

        public int Read(int index, Span<float> item)
        {
            Reader = Thread.CurrentThread;
            _ = Interlocked.Increment(ref _reads);
            item.Fill(index);
            return index == BrokenItem ? throw new DataException($"item {index} is broken")
                : index == count - 1 && LastLabel is int label ? label : index % 3;
        }
    }
}
