namespace StepNet.Nn;

/// <summary>What a step factor h or a skip weight s is.</summary>
public enum CoefficientKind
{
    /// <summary>A number that stays.</summary>
    Fixed,

    /// <summary>One trained number.</summary>
    Learned,

    /// <summary>One trained number a channel.</summary>
    Channel,

    /// <summary>One trained number that starts at random, from a normal distribution of mean 0.</summary>
    Normal,
}
