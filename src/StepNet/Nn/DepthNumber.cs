using System.Globalization;

namespace StepNet.Nn;

/// <summary>A number that may depend on the depth: <c>Factor * L^Power</c> with L residual blocks in the network.</summary>
/// <param name="Factor">The number at L = 1; finite.</param>
/// <param name="Power">0 for a constant, or one of the powers that <see cref="TryParse"/> has words for.</param>
public readonly record struct DepthNumber(double Factor, double Power = 0)
{
    private static readonly (string Suffix, double Power)[] s_suffixes =
        [("/sqrt(L)", -0.5), ("/L", -1), ("/L^(1/4)", -0.25), ("*L^(1/4)", 0.25)];

    /// <summary>A constant.</summary>
    public static implicit operator DepthNumber(double value) => new(value);

    /// <summary>A constant.</summary>
    public static DepthNumber FromDouble(double value) => new(value);

    /// <summary>The number in a network of <paramref name="blocks"/> residual blocks.</summary>
    public double At(int blocks) => Power == 0 ? Factor : Factor * Math.Pow(blocks, Power);

    /// <summary>Reads <c>0.1</c>, <c>1/sqrt(L)</c>, <c>1/L</c>, <c>1/L^(1/4)</c> or <c>1*L^(1/4)</c>, with any number in front.</summary>
    public static bool TryParse(string text, out DepthNumber number)
    {
        ArgumentNullException.ThrowIfNull(text);
        (string suffix, double power) = Array.Find(s_suffixes, known => text.EndsWith(known.Suffix, StringComparison.Ordinal));
        string factor = text[..^(suffix ?? "").Length];
        bool read = double.TryParse(factor, NumberStyles.Float, CultureInfo.InvariantCulture, out double value) && double.IsFinite(value);
        number = new DepthNumber(value, power);
        return read;
    }

    /// <summary>As <see cref="TryParse"/> reads it.</summary>
    public override string ToString()
    {
        double power = Power;
        return Factor.ToString(CultureInfo.InvariantCulture) + Array.Find(s_suffixes, known => known.Power == power).Suffix;
    }
}
