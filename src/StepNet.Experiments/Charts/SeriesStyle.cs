namespace StepNet.Experiments.Charts;

/// <summary>How a series is told from the others.</summary>
/// <param name="Index">Place in the palette; beyond its end, colours come again with other dashes and markers.</param>
/// <param name="Dashed">Whether the series itself asks for dashes.</param>
internal readonly record struct SeriesStyle(int Index, bool Dashed)
{
    /// <summary>Of the style sheet's colours.</summary>
    internal int Colour => Index % Palette.Count;

    /// <summary>Of the line; null: drawn through.</summary>
    internal string? Dashes => (Dashed, Index / Palette.Count) switch
    {
        (true, _) => "7 4",
        (_, 0) => null,
        (_, 1) => "4 3",
        (_, 2) => "1.5 3",
        (_, 3) => "8 3 1.5 3",
        _ => "12 5",
    };
}
