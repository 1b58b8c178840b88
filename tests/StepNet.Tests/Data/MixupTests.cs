using StepNet.Data;
using StepNet.Graph;
using StepNet.Kernels;

namespace StepNet.Tests.Data;

public sealed class MixupTests
{
    [Theory]
    [InlineData(7)]
    [InlineData(3)]
    [InlineData(1)]
    public void Epoch_EveryBatch_MixesNeighboursAndTheirLabelsAlike(int batchSize)
    {
        // Item i is full of i and a class of its own, so the probabilities say what must stand in the item.
        BatchLoader plain = new(new Numbered(10), batchSize, [], shuffle: true, seed: 1);
        BatchLoader mixed = new(new Numbered(10), batchSize, [], shuffle: true, seed: 1, new Mixup(1));
        using IEnumerator<Batch> originals = plain.Epoch(2).GetEnumerator();
        foreach (Batch batch in mixed.Epoch(2))
        {
            Assert.True(originals.MoveNext());
            Assert.Equal(originals.Current.Labels, batch.Labels);
            ReadOnlySpan<float> targets = batch.Targets.Span;
            Assert.Equal(10 * batch.Count, targets.Length);
            for (int i = 0; i < batch.Count; i++)
            {
                float[] p = targets.Slice(10 * i, 10).ToArray();
                int own = (int)batch.Labels[i], next = (int)batch.Labels[(i + 1) % batch.Count];

                Assert.Equal(1, p.Sum(), 1e-6);
                Assert.All(p, (x, k) => Assert.True(x == 0 || k == own || k == next));
                Assert.Equal(p.Select((x, k) => x * k).Sum(), batch.Items[4 * i], 1e-5);
                Assert.Equal(batch.Items[4 * i], batch.Items[(4 * i) + 3]);
            }
        }
    }

    [Fact]
    public void Epoch_AgainOrEnteredLater_SameBits()
    {
        BatchLoader loader = new(new Numbered(10), 3, [], shuffle: true, seed: 1, new Mixup(0.2));

        float[] whole = Collect(loader, epoch: 1);

        Assert.Equal(whole, Collect(loader, epoch: 1));
        Assert.Equal(whole[(2 * 3 * 14)..], Collect(loader, epoch: 1, startBatch: 2));
        Assert.NotEqual(whole, Collect(loader, epoch: 2));

        static float[] Collect(BatchLoader loader, int epoch, int startBatch = 0)
        {
            List<float> values = [];
            foreach (Batch batch in loader.Epoch(epoch, startBatch))
            {
                values.AddRange(batch.Items[..(4 * batch.Count)]);
                values.AddRange(batch.Targets.ToArray());
            }

            return [.. values];
        }
    }

    [Theory]
    [InlineData(0.01)]
    [InlineData(0.2)]
    [InlineData(1)]
    [InlineData(8)]
    public void NextWeight_ManyDraws_HasBetasMoments(double alpha)
    {
        const int Draws = 20_000;
        double sum = 0, squares = 0;
        for (ulong i = 0; i < Draws; i++)
        {
            CounterRandom random = new(1, i);
            double w = Mixup.NextWeight(alpha, ref random);
            Assert.InRange(w, 0, 1);
            sum += w - 0.5;
            squares += (w - 0.5) * (w - 0.5);
        }

        // Beta(a, a): mean 1/2, variance 1 / (4 (2 a + 1)).
        Assert.InRange(sum / Draws, -0.015, 0.015);
        Assert.Equal(1, squares / Draws * 4 * ((2 * alpha) + 1), 0.04);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(double.NaN)]
    public void Constructor_NoAlpha_Throws(double alpha) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new Mixup(alpha));

    /// <summary>Item i is a 2 x 2 image full of i, of class i.</summary>
    private sealed class Numbered(int count) : IDataset
    {
        public int Count => count;

        public Shape ItemShape { get; } = Shape.Of(1, 2, 2);

        public IReadOnlyList<string> Classes { get; } = [.. Enumerable.Range(0, count).Select(i => $"{i}")];

        public int Read(int index, Span<float> item)
        {
            item.Fill(index);
            return index;
        }
    }
}
