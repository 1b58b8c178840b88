using System.Globalization;

namespace StepNet.Experiments.Charts;

/// <summary>Numbers as a figure shows them: minus signs, powers of ten, no needless zeros.</summary>
internal static class NumberFormat
{
    private const string Superscripts = "⁰¹²³⁴⁵⁶⁷⁸⁹";

    /// <summary>A number alone, with four significant digits.</summary>
    internal static string Value(double value)
    {
        if (value == 0 || !double.IsFinite(value))
        {
            return double.IsNaN(value) ? "not a number" : double.IsInfinity(value) ? (value > 0 ? "∞" : "−∞") : "0";
        }

        int exponent = Exponent(value);
        return exponent is < -4 or > 6
            ? Scientific(value, exponent, decimals: 3, trim: true)
            : Signed(value.ToString("0." + new string('#', Math.Max(3 - exponent, 0)), CultureInfo.InvariantCulture));
    }

    /// <summary>Ticks of a linear axis, with as many decimals as their step needs.</summary>
    internal static IEnumerable<string> Steps(IReadOnlyList<double> values, double step)
    {
        double greatest = values.Max(Math.Abs);
        int stepExponent = Exponent(step), exponent = greatest > 0 ? Exponent(greatest) : 0;
        bool scientific = exponent < -4 || (exponent > 5 && exponent - stepExponent <= 4);
        return values.Select(value => Math.Abs(value) < step / 2
            ? "0"
            : scientific
                ? Scientific(value, exponent, Math.Max(exponent - stepExponent, 0), trim: false)
                : Fixed(value, Math.Max(-stepExponent, 0)));
    }

    /// <summary>How the ticks of a logarithmic axis are written: all in full, or all as powers of ten.</summary>
    internal static Func<double, string> Logarithmic(IReadOnlyList<double> values) =>
        values.All(value => value is >= 0.000999 and <= 10001)
            ? value => Fixed(value, Math.Max(-Exponent(value), 0))
            : value => Scientific(value, Exponent(value), 0, trim: true);

    /// <summary>Whether a number is a power of ten, up to rounding.</summary>
    internal static bool IsPowerOfTen(double value) => Math.Abs((value / Math.Pow(10, Exponent(value))) - 1) < 1e-6;

    private static string Scientific(double value, int exponent, int decimals, bool trim)
    {
        string power = "10" + (exponent < 0 ? "⁻" : "")
            + string.Concat(Math.Abs(exponent).ToString(CultureInfo.InvariantCulture).Select(digit => Superscripts[digit - '0']));
        double mantissa = value / Math.Pow(10, exponent);
        string digits = mantissa.ToString(trim ? "0." + new string('#', decimals) : $"F{decimals}", CultureInfo.InvariantCulture);
        return trim && digits == "1" ? power : $"{Signed(digits)}×{power}";
    }

    private static string Fixed(double value, int decimals) =>
        Signed(value.ToString(string.Create(CultureInfo.InvariantCulture, $"F{decimals}"), CultureInfo.InvariantCulture));

    private static string Signed(string text) => text.Replace('-', '−');

    // Of the leading digit; 9.9999999999 counts as 10.
    private static int Exponent(double value) => (int)Math.Floor(Math.Log10(Math.Abs(value)) + 1e-9);
}
