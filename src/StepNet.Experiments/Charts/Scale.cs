namespace StepNet.Experiments.Charts;

/// <summary>Maps values of an axis to pixels.</summary>
/// <param name="Low">Value at the beginning.</param>
/// <param name="High">Value at the end, above <paramref name="Low"/>.</param>
/// <param name="Log">Whether ratios count.</param>
/// <param name="Length">Pixels from the beginning to the end.</param>
internal readonly record struct Scale(double Low, double High, bool Log, double Length)
{
    // Beyond these, differences and ratios leave the range of double.
    private const double Greatest = 1e300, GreatestOfLog = 1e150, LeastRange = 1e-300;

    /// <summary>Pixels from the beginning; outside of [0, <see cref="Length"/>] where the value is outside of the axis.</summary>
    internal double Map(double value) => Length * (Log
        ? Math.Log10(value / Low) / Math.Log10(High / Low)
        : (value - Low) / (High - Low));

    /// <summary>Whether a value lies on the axis; half a pixel of rounding is forgiven.</summary>
    internal bool Contains(double value) => Shows(value, Log) && Map(value) is double place && place >= -0.5 && place <= Length + 0.5;

    /// <summary>Whether an axis can show a value at all: finite, and above 0 where it is logarithmic.</summary>
    internal static bool Shows(double value, bool log) => log
        ? value is >= 1 / GreatestOfLog and <= GreatestOfLog
        : Math.Abs(value) <= Greatest;

    /// <summary>The scale of an axis over values, with room at both ends where the axis does not fix them.</summary>
    /// <exception cref="ArgumentException">The axis fixes an impossible range.</exception>
    internal static Scale Of(Axis axis, IEnumerable<double> values, double length)
    {
        if (axis.Categories is { } names)
        {
            return new Scale(-0.5, Math.Max(names.Count, 1) - 0.5, Log: false, length);
        }

        double[] shown = [.. values.Concat(axis.Ticks ?? []).Where(value => Shows(value, axis.Log))];
        double low = axis.Minimum ?? (shown.Length > 0 ? shown.Min() : axis.Maximum ?? 1);
        double high = axis.Maximum ?? (shown.Length > 0 ? shown.Max() : low);
        if (!Shows(low, axis.Log) || !Shows(high, axis.Log) || (axis.Minimum is not null && axis.Maximum is not null && low >= high))
        {
            throw new ArgumentException($"Axis '{axis.Label}' reaches from {low} to {high}; it needs a finite beginning below its end"
                + (axis.Log ? ", above 0 as it is logarithmic." : "."));
        }

        // Where an end is fixed beyond all values, the axis begins or ends there.
        (low, high) = (Math.Min(low, high), Math.Max(low, high));
        double margin = Margin(low, high, axis.Log);
        return axis.Log
            ? new Scale(axis.Minimum ?? low / margin, axis.Maximum ?? high * margin, true, length)
            : new Scale(axis.Minimum ?? low - margin, axis.Maximum ?? high + margin, false, length);
    }

    // A twenty-fifth of the range; where all values are equal (or differ by rounding), something that shows their size.
    private static double Margin(double low, double high, bool log)
    {
        double size = Math.Max(Math.Abs(low), Math.Abs(high)), range = high - low;
        bool equal = range <= Math.Max(1e-12 * size, LeastRange);
        return (log, equal) switch
        {
            (true, true) => 3,
            (true, false) => Math.Pow(high / low, 0.04),
            (false, true) => size < LeastRange ? 1 : 0.1 * size,
            (false, false) => 0.04 * range,
        };
    }
}
