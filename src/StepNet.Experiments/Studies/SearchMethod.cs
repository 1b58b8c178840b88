namespace StepNet.Experiments.Studies;

/// <summary>How a search chooses its trials.</summary>
public enum SearchMethod
{
    /// <summary>At random, evenly over every range and list.</summary>
    Random,

    /// <summary>Where a Gaussian process expects the largest improvement.</summary>
    Bayesian,

    /// <summary>At random, the better ones again with a larger budget.</summary>
    Halving,
}
