namespace StepNet.Training;

/// <summary>What one epoch gave; the last of a run may be cut short.</summary>
/// <param name="Epoch">Number of the epoch, from 1: epochs done.</param>
/// <param name="Steps">Steps of the run done so far.</param>
/// <param name="Loss">Mean training loss over the items of the epoch, each at its step; NaN or infinite where the run diverged.</param>
/// <param name="Accuracy">Share of training items classified rightly, each at its step, in [0, 1].</param>
/// <param name="Test">The test set under the parameters at the epoch's end; null without a test set or where interrupted.</param>
/// <param name="LearningRate">Learning rate of the last step.</param>
/// <param name="Seconds">Wall-clock time, testing included.</param>
/// <param name="ImagesPerSecond">Median over the steps of the epoch.</param>
public sealed record EpochResult(
    int Epoch,
    long Steps,
    double Loss,
    double Accuracy,
    EvaluationResult? Test,
    double LearningRate,
    double Seconds,
    double ImagesPerSecond);
