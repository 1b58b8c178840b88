namespace StepNet.Experiments.Charts;

/// <summary>Points that belong together. One name has one colour and one marker in the whole figure.</summary>
/// <param name="Name">In the legend; empty: not in the legend.</param>
/// <param name="Points">In the order of the line.</param>
public sealed record Series(string Name, IReadOnlyList<DataPoint> Points)
{
    /// <summary>Line or markers.</summary>
    public Mark Mark { get; init; } = Mark.Line;

    /// <summary>Band or error bars.</summary>
    public Spread Spread { get; init; } = Spread.Band;

    /// <summary>Whether the line is dashed, as for a bound or an exact solution.</summary>
    public bool Dashed { get; init; }

    /// <summary>Place in the palette, from 0; null: the next one. Figures that show one thing twice keep its colour with it.</summary>
    public int? Colour { get; init; }

    /// <summary>A series of plain points.</summary>
    /// <exception cref="ArgumentException">The lists differ in length.</exception>
    public static Series Of(string name, IReadOnlyList<double> x, IReadOnlyList<double> y)
    {
        ArgumentNullException.ThrowIfNull(x);
        ArgumentNullException.ThrowIfNull(y);
        return x.Count == y.Count
            ? new Series(name, [.. x.Zip(y, (x, y) => new DataPoint(x, y))])
            : throw new ArgumentException($"Series '{name}': {x.Count} values of x and {y.Count} of y; give one y for every x.");
    }
}
