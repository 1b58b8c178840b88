namespace StepNet.Metrics;

/// <summary>Items that a classifier was about equally sure of.</summary>
/// <param name="Low">Their confidences lie above this, in [0, 1),</param>
/// <param name="High">and at most here, in (0, 1].</param>
/// <param name="Items">How many there are.</param>
/// <param name="Confidence">Mean confidence, the probability of the predicted class; NaN where there is no item.</param>
/// <param name="Accuracy">Share classified rightly; NaN where there is no item.</param>
public readonly record struct ReliabilityBin(double Low, double High, int Items, double Confidence, double Accuracy);
