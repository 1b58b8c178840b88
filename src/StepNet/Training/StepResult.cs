namespace StepNet.Training;

/// <summary>What one training step gave.</summary>
/// <param name="Step">Number of the step in the run, from 0.</param>
/// <param name="Epoch">Number of the epoch, from 0.</param>
/// <param name="LearningRate">Learning rate of the step.</param>
/// <param name="Loss">Mean loss of the batch before the update; NaN or infinite where the run diverged.</param>
/// <param name="Correct">Items classified rightly before the update.</param>
/// <param name="Items">Items in the batch.</param>
/// <param name="Seconds">Wall-clock time from asking for the batch to having the loss.</param>
public readonly record struct StepResult(
    long Step, int Epoch, double LearningRate, double Loss, int Correct, int Items, double Seconds);
