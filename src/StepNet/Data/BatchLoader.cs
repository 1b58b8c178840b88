using StepNet.Kernels;

namespace StepNet.Data;

/// <summary>Cuts a set of items into batches, epoch by epoch, prepared ahead on one background thread.</summary>
/// <remarks>
/// The order is a function of (seed, epoch), the augmentation of (seed, epoch, item): batches do not depend on timing, and
/// an epoch entered in its middle goes on as if it had run from the start. The last batch may be smaller.
/// </remarks>
public sealed class BatchLoader
{
    private static readonly ulong s_orderKey = CounterRandom.KeyOf("order"), s_augmentKey = CounterRandom.KeyOf("augment");

    private readonly IDataset _dataset;
    private readonly int _batchSize;
    private readonly ITransform[] _transforms;
    private readonly bool _shuffle;
    private readonly ulong _seed;
    private readonly Mixup? _mixup;
    private readonly int _classes;
    private BatchRing? _idle;

    /// <param name="dataset">Not empty; read from the loader's thread.</param>
    /// <param name="batchSize">Items per batch, at least 1.</param>
    /// <param name="transforms">Applied to each item in this order.</param>
    /// <param name="shuffle">Whether every epoch has an order of its own; otherwise items come by index.</param>
    /// <param name="seed">Seed of order and augmentation.</param>
    /// <param name="mixup">Applied to each whole batch, behind the transforms; null for none.</param>
    public BatchLoader(
        IDataset dataset, int batchSize, IReadOnlyList<ITransform> transforms, bool shuffle, ulong seed, Mixup? mixup = null)
    {
        ArgumentNullException.ThrowIfNull(dataset);
        ArgumentNullException.ThrowIfNull(transforms);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(batchSize);
        ArgumentOutOfRangeException.ThrowIfZero(dataset.Count, nameof(dataset));
        (_dataset, _batchSize, _transforms, _shuffle, _seed) = (dataset, batchSize, [.. transforms], shuffle, seed);
        (_mixup, _classes) = (mixup, dataset.Classes.Count);
    }

    /// <summary>Batches in a whole epoch, the last partial one included.</summary>
    public int BatchesPerEpoch => (int)(((long)_dataset.Count + _batchSize - 1) / _batchSize);

    /// <summary>The batches of one epoch, each valid until the next is asked for.</summary>
    /// <param name="epoch">Number of the epoch, at least 0.</param>
    /// <param name="startBatch">First batch, in [0, <see cref="BatchesPerEpoch"/>]; above 0 when a run resumes.</param>
    /// <returns>
    /// For one <c>foreach</c>: its thread starts with the first batch asked for and ends with the loop, early or not. What the
    /// set or a transform throws surfaces from the loop, at the batch it concerns.
    /// </returns>
    public IEnumerable<Batch> Epoch(int epoch, int startBatch = 0)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(epoch);
        ArgumentOutOfRangeException.ThrowIfNegative(startBatch);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(startBatch, BatchesPerEpoch);
        return Run(epoch, startBatch);
    }

    private IEnumerable<Batch> Run(int epoch, int startBatch)
    {
        // Buffers serve one epoch after the other; a second epoch at the same time gets buffers of its own.
        BatchRing ring = Interlocked.Exchange(ref _idle, null)
            ?? new BatchRing(
                Math.Min(_batchSize, _dataset.Count),
                _dataset.ItemShape.ItemCount,
                _mixup is null ? 0 : _classes,
                _dataset.Count);
        try
        {
            ring.Start(BatchesPerEpoch - startBatch, () => Order(ring.Order, epoch),
                (k, batch) => Fill(batch, ring.Order, epoch, startBatch + k));
            while (ring.Next() is Batch batch)
            {
                yield return batch;
            }
        }
        finally
        {
            ring.Stop();
            _idle = ring;
        }
    }

    private void Order(Span<int> order, int epoch)
    {
        for (int i = 0; i < order.Length; i++)
        {
            order[i] = i;
        }

        if (_shuffle)
        {
            new CounterRandom(_seed, s_orderKey, (ulong)epoch).Shuffle(order);
        }
    }

    private void Fill(Batch batch, ReadOnlySpan<int> order, int epoch, int number)
    {
        ReadOnlySpan<int> indices = order[(number * _batchSize)..];
        indices = indices[..Math.Min(_batchSize, indices.Length)];
        int itemCount = _dataset.ItemShape.ItemCount;
        for (int i = 0; i < indices.Length; i++)
        {
            Span<float> item = batch.Items.AsSpan(i * itemCount, itemCount);
            int label = _dataset.Read(indices[i], item);
            batch.Labels[i] = (uint)label < (uint)_classes ? label : throw new DataException(
                $"Item {indices[i]} has the label {label}; expected 0 to {_classes - 1}, one of the {_classes} classes of the set.");
            CounterRandom random = new(_seed, s_augmentKey, (ulong)epoch, (ulong)indices[i]);
            foreach (ITransform transform in _transforms)
            {
                transform.Apply(item, _dataset.ItemShape, ref random);
            }
        }

        batch.Count = indices.Length;
        _mixup?.Apply(batch, indices, _seed, epoch);
    }
}
