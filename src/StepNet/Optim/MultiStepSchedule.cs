using System.Globalization;

namespace StepNet.Optim;

/// <summary>Divides the learning rate at chosen epochs: <c>lr = initial gamma^(milestones passed)</c> (He et al. 2015, section 4.2).</summary>
public sealed class MultiStepSchedule : LearningRateSchedule
{
    private readonly double _initial;
    private readonly double _gamma;
    private readonly int[] _milestones;

    /// <param name="learningRate">Learning rate until the first milestone, above 0.</param>
    /// <param name="milestones">Epochs, counted from 0, whose first step already has the next rate.</param>
    /// <param name="gamma">Factor at each milestone, in (0, 1].</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is out of its range.</exception>
    public MultiStepSchedule(double learningRate, IReadOnlyList<int> milestones, double gamma = 0.1)
    {
        ArgumentNullException.ThrowIfNull(milestones);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(gamma, 1);
        (_initial, _gamma, _milestones) = (Settings.Positive(learningRate), Settings.Positive(gamma), [.. milestones]);
    }

    /// <inheritdoc/>
    public override double At(long step, long stepsPerEpoch, long totalSteps)
    {
        long epoch = step / stepsPerEpoch;
        double rate = _initial;
        foreach (int milestone in _milestones)
        {
            rate = epoch >= milestone ? rate * _gamma : rate;
        }

        return rate;
    }

    /// <inheritdoc/>
    public override string ToString() => _milestones.Length == 0 ? string.Create(CultureInfo.InvariantCulture, $"multi-step {_initial}") : string.Create(
        CultureInfo.InvariantCulture, $"multi-step {_initial}, times {_gamma} at epochs {string.Join(", ", _milestones)}");
}
