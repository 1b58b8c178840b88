using StepNet.Kernels;

namespace StepNet.Tests;

public sealed class CounterRandomTests
{
    [Fact]
    public void NextDouble_ManyDraws_AreUniform()
    {
        CounterRandom random = new(1);
        double sum = 0, squares = 0;
        const int Count = 100_000;
        for (int i = 0; i < Count; i++)
        {
            double u = random.NextDouble();
            sum += u;
            squares += u * u;
        }

        Assert.Equal(0.5, sum / Count, 0.005);
        Assert.Equal(1.0 / 3, squares / Count, 0.005);
    }

    [Fact]
    public void Streams_OfDifferentKeys_Differ()
    {
        HashSet<ulong> seen = [];
        for (ulong seed = 0; seed < 10; seed++)
        {
            for (ulong a = 0; a < 10; a++)
            {
                Assert.True(seen.Add(new CounterRandom(seed, a).NextBits()));
                Assert.True(seen.Add(new CounterRandom(seed, 100, a + 1).NextBits()));
            }
        }
    }

    [Fact]
    public void BitsAt_AnyOrder_EqualsTheStream()
    {
        CounterRandom random = new(7, 3);
        ulong[] inOrder = [random.NextBits(), random.NextBits(), random.NextBits()];

        Assert.Equal(inOrder[2], random.BitsAt(2));
        Assert.Equal(inOrder[0], random.BitsAt(0));
    }

    [Fact]
    public void Shuffle_KeepsEveryValue()
    {
        int[] values = [.. Enumerable.Range(0, 100)];

        new CounterRandom(5).Shuffle(values);

        Assert.NotEqual(Enumerable.Range(0, 100), values);
        Assert.Equal(Enumerable.Range(0, 100), values.Order());
    }
}
