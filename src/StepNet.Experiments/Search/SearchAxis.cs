namespace StepNet.Experiments.Search;

/// <summary>A number to search over.</summary>
/// <param name="Name">Of the setting: <c>step</c>.</param>
/// <param name="Low">Least value.</param>
/// <param name="High">Greatest value, above <paramref name="Low"/>.</param>
/// <param name="Log">Whether ratios count rather than differences; then <paramref name="Low"/> is above 0.</param>
public sealed record SearchAxis(string Name, double Low, double High, bool Log)
{
    /// <summary>Whether only whole numbers are tried.</summary>
    public bool Integer { get; init; }

    /// <summary>The place of the value that is tried for a place in [0, 1].</summary>
    internal double Snap(double unit) => Integer ? ToUnit(Math.Round(FromUnit(unit))) : unit;

    /// <summary>The value of a draw from [0, 1), each as likely as another; of the logarithm where ratios count.</summary>
    internal double Draw(double unit) => Integer && !Log ? Low + Math.Floor(unit * (High - Low + 1)) : FromUnit(unit);

    /// <summary>Place in [0, 1] of a value.</summary>
    public double ToUnit(double value) => Log
        ? Math.Log(value / Low) / Math.Log(High / Low)
        : (value - Low) / (High - Low);

    /// <summary>Value at a place in [0, 1].</summary>
    public double FromUnit(double unit) => Log
        ? Low * Math.Pow(High / Low, unit)
        : Low + (unit * (High - Low));
}
