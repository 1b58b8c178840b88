namespace StepNet.Experiments.Studies;

/// <summary>Two trials that differ in the sides of a claim alone, or a trial beside a number.</summary>
/// <param name="Setting">What both share: <c>lr 0.1, seed 3</c>.</param>
/// <param name="First">What the first side counts at.</param>
/// <param name="Second">What the second side counts at.</param>
/// <param name="Difference">By how much the first is better, without the margin.</param>
public sealed record ClaimPair(string Setting, double First, double Second, double Difference)
{
    /// <summary>What both share apart from the seed: <c>lr 0.1</c>, or nothing.</summary>
    public string Place { get; init; } = "";
}
