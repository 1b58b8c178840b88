namespace StepNet.Experiments.Studies;

/// <summary>What a band or an error bar around the median reaches over.</summary>
public enum SpreadMeasure
{
    /// <summary>A standard deviation to either side, as in the figures of Zhang et al. 2019.</summary>
    Deviation,

    /// <summary>From the lower to the upper quartile.</summary>
    Quartiles,

    /// <summary>From the least to the greatest.</summary>
    Range,

    /// <summary>Nothing.</summary>
    None,
}
