namespace StepNet.Training;

/// <summary>Items per second of each step of a run; room is made once, so noting a step costs nothing.</summary>
internal sealed class StepRates(long steps)
{
    // 16 M steps are 64 MB; what lies behind is not looked at.
    private readonly float[] _rates = new float[Math.Min(steps, 1 << 24)];
    private int _count;

    /// <summary>Number of steps noted.</summary>
    internal int Count => _count;

    internal void Add(int items, double seconds)
    {
        if (_count < _rates.Length)
        {
            _rates[_count++] = (float)(items / Math.Max(seconds, 1e-9));
        }
    }

    /// <summary>Median of the steps from <paramref name="from"/> on; of all steps where that leaves none.</summary>
    internal double Median(int from)
    {
        float[] sorted = _rates[(from < _count ? from : 0).._count];
        Array.Sort(sorted);
        int half = sorted.Length / 2;
        return sorted.Length == 0 ? 0
            : sorted.Length % 2 == 1 ? sorted[half]
            : (sorted[half - 1] + sorted[half]) / 2.0;
    }
}
