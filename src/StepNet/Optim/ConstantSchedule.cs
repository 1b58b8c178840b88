using System.Globalization;

namespace StepNet.Optim;

/// <summary>The same learning rate at every step.</summary>
/// <param name="learningRate">Above 0.</param>
public sealed class ConstantSchedule(double learningRate) : LearningRateSchedule
{
    /// <inheritdoc/>
    public override double At(long step, long stepsPerEpoch, long totalSteps) => learningRate;

    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"constant {learningRate}");
}
