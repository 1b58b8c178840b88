using System.Globalization;

namespace StepNet.Optim;

/// <summary>
/// One cosine up and one down over the whole run (Smith and Topin 2018): a high rate in the middle saves epochs. Equal to
/// PyTorch's <c>OneCycleLR</c> with its defaults, step by step.
/// </summary>
/// <param name="maxLearningRate">Rate at the top, above 0.</param>
/// <param name="warmUp">Share of the steps that climb, in [0, 1).</param>
public sealed class OneCycleSchedule(double maxLearningRate, double warmUp = 0.3) : LearningRateSchedule
{
    /// <summary>Top rate divided by the first one.</summary>
    public const double StartDivisor = 25;

    /// <summary>Top rate divided by the last one.</summary>
    public const double EndDivisor = 250_000;

    /// <inheritdoc/>
    public override double At(long step, long stepsPerEpoch, long totalSteps)
    {
        double top = Math.Max((warmUp * totalSteps) - 1, 0), last = totalSteps - 1;
        double start = maxLearningRate / StartDivisor, end = maxLearningRate / EndDivisor;
        return step < top ? Cosine(start, maxLearningRate, step / top)
            : last > top ? Cosine(maxLearningRate, end, Math.Min((step - top) / (last - top), 1))
            : maxLearningRate;
    }

    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"one-cycle {maxLearningRate}");

    private static double Cosine(double from, double to, double share) =>
        to + ((from - to) / 2 * (1 + Math.Cos(Math.PI * share)));
}
