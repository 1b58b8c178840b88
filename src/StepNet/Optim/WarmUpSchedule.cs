using System.Globalization;

namespace StepNet.Optim;

/// <summary>
/// A linear climb in front of another schedule (Goyal et al. 2017, section 2.2): with W steps of warm-up, step k &lt; W has
/// <c>(k + 1) / (W + 1)</c> of the rate that the schedule has at step W, where it takes over. Its milestones keep their epochs.
/// </summary>
/// <param name="then">What follows.</param>
/// <param name="epochs">Length of the climb, at least 0; parts of an epoch are rounded up to whole steps, and the run's last step is none of them.</param>
public sealed class WarmUpSchedule(LearningRateSchedule then, double epochs) : LearningRateSchedule
{
    private readonly double _epochs = Settings.NotNegative(epochs);

    /// <inheritdoc/>
    public override double At(long step, long stepsPerEpoch, long totalSteps)
    {
        // At the last step at the latest: beyond the run the other schedule has no rate to climb to, or 0.
        long steps = Math.Min((long)Math.Ceiling(_epochs * stepsPerEpoch), totalSteps - 1);
        return step < steps
            ? then.At(steps, stepsPerEpoch, totalSteps) * (step + 1) / (steps + 1)
            : then.At(step, stepsPerEpoch, totalSteps);
    }

    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{then} after {_epochs} epochs of warm-up");
}
