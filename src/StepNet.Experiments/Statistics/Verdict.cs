namespace StepNet.Experiments.Statistics;

/// <summary>What a study says of a claim.</summary>
public enum Verdict
{
    /// <summary>Too few pairs, or a difference that chance explains.</summary>
    Inconclusive,

    /// <summary>The claimed direction, beyond chance.</summary>
    Holds,

    /// <summary>The opposite direction, beyond chance.</summary>
    DoesNotHold,
}
