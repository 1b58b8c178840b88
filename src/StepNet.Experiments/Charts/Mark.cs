namespace StepNet.Experiments.Charts;

/// <summary>How the points of a series are drawn.</summary>
public enum Mark
{
    /// <summary>A line; with markers where there are few points.</summary>
    Line,

    /// <summary>Markers alone.</summary>
    Scatter,
}
