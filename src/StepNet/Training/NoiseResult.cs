namespace StepNet.Training;

/// <summary>A test with noise in its items.</summary>
/// <param name="Level">How much; 0 for none.</param>
/// <param name="Accuracy">Share of items classified rightly, in [0, 1].</param>
/// <param name="Loss">Mean cross-entropy.</param>
public sealed record NoiseResult(double Level, double Accuracy, double Loss);
