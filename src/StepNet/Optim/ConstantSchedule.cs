using System.Globalization;

namespace StepNet.Optim;

/// <summary>The same learning rate at every step.</summary>
/// <param name="learningRate">Above 0, finite.</param>
/// <exception cref="ArgumentOutOfRangeException">It is not.</exception>
public sealed class ConstantSchedule(double learningRate) : LearningRateSchedule
{
    private readonly double _learningRate = Settings.Positive(learningRate);

    /// <inheritdoc/>
    public override double At(long step, long stepsPerEpoch, long totalSteps) => _learningRate;

    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"constant {_learningRate}");
}
