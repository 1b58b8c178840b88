namespace StepNet.Experiments.Charts;

/// <summary>How <see cref="DataPoint.Low"/> and <see cref="DataPoint.High"/> are drawn.</summary>
public enum Spread
{
    /// <summary>A translucent band along the line.</summary>
    Band,

    /// <summary>A bar at every point.</summary>
    ErrorBars,
}
