namespace StepNet.Training;

/// <summary>The mean over the steps since the last such row: a finer curve than one point an epoch.</summary>
/// <param name="Step">Steps of the run done.</param>
/// <param name="Loss">Mean training loss over the items of these steps; NaN or infinite where the run diverged in them.</param>
/// <param name="Accuracy">Share of these items classified rightly, in [0, 1].</param>
/// <param name="LearningRate">Learning rate of the last of these steps.</param>
public sealed record LogRow(long Step, double Loss, double Accuracy, double LearningRate);
