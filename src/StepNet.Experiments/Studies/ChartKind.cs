namespace StepNet.Experiments.Studies;

/// <summary>How a chart of a study is drawn.</summary>
public enum ChartKind
{
    /// <summary>A line through the medians.</summary>
    Lines,

    /// <summary>A marker for every trial.</summary>
    Scatter,

    /// <summary>The median as a colour over two axes.</summary>
    HeatMap,
}
