namespace StepNet.Kernels;

/// <summary>
/// Counter-based random numbers: the value is a pure function of its keys, so whoever asks, in whatever order or thread,
/// draws the same. Replay, recomputation and resume rest on this.
/// </summary>
/// <remarks>Each draw passes its keys through two rounds of the SplitMix64 finaliser (Steele, Lea, Flood 2014).</remarks>
public struct CounterRandom
{
    private readonly ulong _key;
    private ulong _counter;

    /// <summary>A stream of its own for each combination of keys.</summary>
    public CounterRandom(ulong seed, ulong a = 0, ulong b = 0, ulong c = 0)
    {
        _key = Mix(Mix(Mix(Mix(seed) + a) + b) + c);
        _counter = 0;
    }

    /// <summary>Key of a name, the same on every machine and run (FNV-1a, unlike <see cref="string.GetHashCode()"/>).</summary>
    public static ulong KeyOf(string name)
    {
        ulong hash = 14695981039346656037;
        foreach (char c in name)
        {
            hash = (hash ^ c) * 1099511628211;
        }

        return hash;
    }

    /// <summary>The next 64 bits of the stream.</summary>
    public ulong NextBits() => BitsAt(_counter++);

    /// <summary>The bits at place <paramref name="index"/> of the stream, without moving it.</summary>
    public readonly ulong BitsAt(ulong index) => Mix(Mix(_key + (index * 0x9E3779B97F4A7C15)) ^ _key);

    /// <summary>Uniform in [0, 1).</summary>
    public double NextDouble() => (NextBits() >> 11) * (1.0 / (1UL << 53));

    /// <summary>Uniform in [0, 1) at place <paramref name="index"/>, without moving the stream.</summary>
    public readonly double DoubleAt(ulong index) => (BitsAt(index) >> 11) * (1.0 / (1UL << 53));

    /// <summary>Uniform in [<paramref name="low"/>, <paramref name="high"/>).</summary>
    public double NextUniform(double low, double high) => low + ((high - low) * NextDouble());

    /// <summary>Uniform in {0, ..., <paramref name="count"/> - 1}; <paramref name="count"/> at least 1.</summary>
    public int NextInt(int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(count);
        return (int)Math.BigMul(NextBits(), (ulong)count, out _);
    }

    /// <summary>Standard normal (Box-Muller; two draws a value, so the stream's place does not depend on the values).</summary>
    public double NextNormal()
    {
        double u = 1.0 - NextDouble(), v = NextDouble();
        return Math.Sqrt(-2.0 * Math.Log(u)) * Math.Cos(2.0 * Math.PI * v);
    }

    /// <summary>Shuffles in place (Fisher-Yates).</summary>
    public void Shuffle(Span<int> values)
    {
        for (int i = values.Length - 1; i > 0; i--)
        {
            int j = NextInt(i + 1);
            (values[i], values[j]) = (values[j], values[i]);
        }
    }

    private static ulong Mix(ulong z)
    {
        z += 0x9E3779B97F4A7C15;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }
}
