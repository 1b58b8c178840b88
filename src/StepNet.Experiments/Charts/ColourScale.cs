namespace StepNet.Experiments.Charts;

/// <summary>Colours of a heat map, told apart by the colour blind and in grey.</summary>
public enum ColourScale
{
    /// <summary>Dark to bright (viridis).</summary>
    Sequential,

    /// <summary>Blue below 0, white at it, red above it (ColorBrewer's RdBu), as wide on both sides; for differences.</summary>
    Diverging,
}
