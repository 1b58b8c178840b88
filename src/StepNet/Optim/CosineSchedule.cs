using System.Globalization;

namespace StepNet.Optim;

/// <summary>
/// Half a cosine over the whole run, from the learning rate towards 0: SGDR without restarts (Loshchilov and Hutter 2017,
/// equation 5), each step anew. Equal to PyTorch's <c>CosineAnnealingLR</c> with <c>T_max</c> the steps of the run.
/// </summary>
/// <param name="learningRate">Rate of the first step, above 0, finite.</param>
/// <exception cref="ArgumentOutOfRangeException">It is not.</exception>
public sealed class CosineSchedule(double learningRate) : LearningRateSchedule
{
    private readonly double _learningRate = Settings.Positive(learningRate);

    /// <inheritdoc/>
    public override double At(long step, long stepsPerEpoch, long totalSteps) =>
        _learningRate / 2 * (1 + Math.Cos(Math.PI * Math.Min(step, totalSteps) / totalSteps));

    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"cosine {_learningRate}");
}
