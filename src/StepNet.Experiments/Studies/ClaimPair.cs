namespace StepNet.Experiments.Studies;

/// <summary>Two trials that differ in the sides of a claim alone, or a trial beside a number.</summary>
/// <param name="Setting">What both share: <c>lr 0.1, seed 3</c>.</param>
/// <param name="First">What the first side counts at.</param>
/// <param name="Second">What the second side counts at.</param>
/// <param name="Difference">In favour of the claim where above 0, the margin included.</param>
public sealed record ClaimPair(string Setting, double First, double Second, double Difference);
