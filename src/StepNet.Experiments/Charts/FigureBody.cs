namespace StepNet.Experiments.Charts;

/// <summary>What stands between the legend and the note of a figure, laid out.</summary>
/// <param name="Height">Pixels.</param>
/// <param name="Draw">Draws it, its upper left corner at the origin.</param>
/// <param name="Description">It in words.</param>
internal sealed record FigureBody(double Height, Action<SvgWriter> Draw, string Description)
{
    /// <summary>Entries of the legend.</summary>
    internal IEnumerable<LegendEntry> Legend { get; init; } = [];

    /// <summary>What the picture cannot show; null: nothing.</summary>
    internal string? Note { get; init; }

    /// <summary>Rules that only this picture needs.</summary>
    internal string StyleSheet { get; init; } = "";
}
