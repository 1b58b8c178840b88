namespace StepNet.Training;

/// <summary>What one epoch gave; the last of a run may be cut short.</summary>
/// <param name="Epoch">Number of the epoch, from 1: epochs done.</param>
/// <param name="Steps">Steps of the run done so far.</param>
/// <param name="Loss">Mean training loss over the items of the epoch, each at its step; NaN or infinite where the run diverged.</param>
/// <param name="Accuracy">Share of training items classified rightly, each at its step, in [0, 1].</param>
/// <param name="Validation">The validation set under the parameters at the epoch's end; null without one or where the run diverged.</param>
/// <param name="Test">The test set, likewise, where <see cref="TrainingOptions.TestEveryEpoch"/> asks for it; it chooses nothing.</param>
/// <param name="LearningRate">Learning rate of the last step.</param>
/// <param name="Seconds">Wall-clock time, validation and testing included.</param>
/// <param name="ImagesPerSecond">Median over the steps of the epoch.</param>
/// <param name="IsKept">Whether a run that ended here would keep the values of this epoch.</param>
public sealed record EpochResult(
    int Epoch,
    long Steps,
    double Loss,
    double Accuracy,
    EvaluationResult? Validation,
    EvaluationResult? Test,
    double LearningRate,
    double Seconds,
    double ImagesPerSecond,
    bool IsKept);
