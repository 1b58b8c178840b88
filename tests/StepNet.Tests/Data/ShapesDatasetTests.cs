using System.Numerics;
using StepNet.Data;
using StepNet.Graph;
using StepNet.Kernels;

namespace StepNet.Tests.Data;

public sealed class ShapesDatasetTests
{
    private const int Pixels = 3 * 32 * 32;

    [Fact]
    public void Read_AnyOrderAndLength_SameBits()
    {
        ShapesDataset shortSet = new(20, seed: 3, "train"), longSet = new(1000, seed: 3, "train");
        float[] first = new float[Pixels], second = new float[Pixels];
        for (int i = 19; i >= 0; i--)
        {
            int label = shortSet.Read(i, first);

            Assert.Equal(label, longSet.Read(i, second));
            Assert.Equal(first, second);
        }
    }

    [Fact]
    public void Read_AnyMachine_KnownBits()
    {
        // Promised bit for bit on every machine; a change here is a change of the data set and of every stored result.
        ShapesDataset dataset = new(20, seed: 1, "train");
        float[] item = new float[Pixels];
        ulong hash = 14695981039346656037;
        for (int i = 0; i < 20; i++)
        {
            _ = dataset.Read(i, item);
            foreach (float x in item)
            {
                hash = (hash ^ BitConverter.SingleToUInt32Bits(x)) * 1099511628211;
            }
        }

        Assert.Equal(7885765648455357236UL, hash);
    }

    [Fact]
    public void Read_OtherSeedOrSplit_OtherItems()
    {
        float[] item = new float[Pixels], seed = new float[Pixels], split = new float[Pixels];

        _ = new ShapesDataset(10, 1, "train").Read(4, item);
        _ = new ShapesDataset(10, 2, "train").Read(4, seed);
        _ = new ShapesDataset(10, 1, "test").Read(4, split);

        Assert.NotEqual(item, seed);
        Assert.NotEqual(item, split);
    }

    [Fact]
    public void Read_Items_LieInUnitRangeWithAllClassesAlike()
    {
        ShapesDataset dataset = new(500, seed: 1, "train");
        int[] perClass = new int[10];
        float[] item = new float[Pixels];
        for (int i = 0; i < 500; i++)
        {
            perClass[dataset.Read(i, item)]++;
            Assert.All(item, x => Assert.InRange(x, 0f, 1f));
        }

        Assert.All(perClass, n => Assert.Equal(50, n));
        Assert.Equal((Shape.Of(3, 32, 32), 10), (dataset.ItemShape, dataset.Classes.Count));
        Assert.Throws<ArgumentOutOfRangeException>(() => dataset.Read(500, item));
    }

    [Fact]
    public void LogisticRegression_OnPixels_LearnsTrainingItemsButNotTheTask()
    {
        float[][] train = Normalized("train", 2000), test = Normalized("test", 1000);
        float[] weights = new float[10 * Pixels], bias = new float[10], p = new float[10];
        CounterRandom random = new(1);
        int[] order = [.. Enumerable.Range(0, train.Length)];
        for (int epoch = 0; epoch < 24; epoch++)
        {
            random.Shuffle(order);
            foreach (int i in order)
            {
                Softmax(train[i], p);
                for (int k = 0; k < 10; k++)
                {
                    float step = 2e-4f * (p[k] - (k == i % 10 ? 1f : 0f));
                    AddScaled(weights.AsSpan(k * Pixels, Pixels), train[i], -step);
                    bias[k] -= step;
                }
            }
        }

        // It does learn, by heart; what it learns says next to nothing about other items.
        double onTrain = Accuracy(train), onTest = Accuracy(test);
        TestContext.Current.TestOutputHelper?.WriteLine($"Logistic regression: train {onTrain:P1}, test {onTest:P1}");
        Assert.True(onTrain > 0.5, $"train accuracy {onTrain}");
        Assert.InRange(onTest, 0.05, 0.35);

        double Accuracy(float[][] items)
        {
            int right = 0;
            for (int i = 0; i < items.Length; i++)
            {
                Softmax(items[i], p);
                right += Array.IndexOf(p, p.Max()) == i % 10 ? 1 : 0;
            }

            return (double)right / items.Length;
        }

        void Softmax(float[] item, float[] p)
        {
            for (int k = 0; k < 10; k++)
            {
                p[k] = bias[k] + Dot(weights.AsSpan(k * Pixels, Pixels), item);
            }

            float max = p.Max(), sum = 0;
            for (int k = 0; k < 10; k++)
            {
                p[k] = MathF.Exp(p[k] - max);
                sum += p[k];
            }

            for (int k = 0; k < 10; k++)
            {
                p[k] /= sum;
            }
        }
    }

    private static float[][] Normalized(string split, int count)
    {
        ShapesDataset dataset = new(count, seed: 1, split);
        (float[] mean, float[] std) = DatasetStatistics.MeanAndStd(dataset, maxItems: 200);
        Normalize normalize = new(mean, std);
        CounterRandom random = new(0);
        float[][] items = new float[count][];
        for (int i = 0; i < count; i++)
        {
            items[i] = new float[Pixels];
            _ = dataset.Read(i, items[i]);
            normalize.Apply(items[i], dataset.ItemShape, ref random);
        }

        return items;
    }

    private static float Dot(ReadOnlySpan<float> a, ReadOnlySpan<float> b)
    {
        Vector<float> sum = Vector<float>.Zero;
        for (int i = 0; i < a.Length; i += Vector<float>.Count)
        {
            sum += new Vector<float>(a[i..]) * new Vector<float>(b[i..]);
        }

        return Vector.Sum(sum);
    }

    private static void AddScaled(Span<float> y, ReadOnlySpan<float> x, float scale)
    {
        for (int i = 0; i < y.Length; i += Vector<float>.Count)
        {
            (new Vector<float>(y[i..]) + (new Vector<float>(x[i..]) * scale)).CopyTo(y[i..]);
        }
    }
}
