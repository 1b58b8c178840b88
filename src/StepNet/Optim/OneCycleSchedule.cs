using System.Globalization;

namespace StepNet.Optim;

/// <summary>
/// One cosine up and one down over the whole run (Smith and Topin 2018): a high rate in the middle saves epochs. The learning
/// rates of PyTorch's <c>OneCycleLR</c> with its defaults, step by step in runs of 4 steps and more; the momentum stays as it is.
/// </summary>
/// <param name="maxLearningRate">Rate at the top, above 0, finite.</param>
/// <param name="warmUp">Share of the steps that climb, in [0, 1).</param>
/// <exception cref="ArgumentOutOfRangeException">A number is out of its range.</exception>
public sealed class OneCycleSchedule(double maxLearningRate, double warmUp = 0.3) : LearningRateSchedule
{
    /// <summary>Top rate divided by the first one.</summary>
    public const double StartDivisor = 25;

    /// <summary>Top rate divided by the last one.</summary>
    public const double EndDivisor = 250_000;

    private readonly double _max = Settings.Positive(maxLearningRate);
    private readonly double _warmUp = Settings.Share(warmUp);

    /// <inheritdoc/>
    public override double At(long step, long stepsPerEpoch, long totalSteps)
    {
        double top = Math.Max((_warmUp * totalSteps) - 1, 0), last = totalSteps - 1;
        double start = _max / StartDivisor, end = _max / EndDivisor;
        return step < top ? Cosine(start, _max, step / top)
            : last > top ? Cosine(_max, end, Math.Min((step - top) / (last - top), 1))
            : _max;
    }

    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"one-cycle {_max}");

    private static double Cosine(double from, double to, double share) =>
        to + ((from - to) / 2 * (1 + Math.Cos(Math.PI * share)));
}
