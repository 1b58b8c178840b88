using System.Globalization;

namespace StepNet.Nn;

/// <summary>How a step factor h or a skip weight s is to be made: fixed or learned, and its start.</summary>
/// <param name="Value">The number, or where learning starts from.</param>
/// <param name="Learned">Whether it is trained; one number a block.</param>
public sealed record CoefficientSpec(double Value, bool Learned = false)
{
    /// <summary>A fixed number.</summary>
    public static implicit operator CoefficientSpec(double value) => new(value);

    /// <summary>A fixed number.</summary>
    public static CoefficientSpec FromDouble(double value) => new(value);

    /// <summary>Trained from <paramref name="initial"/>.</summary>
    public static CoefficientSpec LearnedFrom(double initial) => new(initial, Learned: true);

    /// <summary>Reads <c>0.1</c> or <c>learned:0.1</c>.</summary>
    /// <exception cref="FormatException">The text is neither; the message says what is expected.</exception>
    public static CoefficientSpec Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        const string Prefix = "learned:";
        bool learned = text.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase);
        string number = learned ? text[Prefix.Length..] : text;
        return double.TryParse(number, NumberStyles.Float, CultureInfo.InvariantCulture, out double value) && double.IsFinite(value)
            ? new CoefficientSpec(value, learned)
            : throw new FormatException($"'{text}' is not a coefficient. Give a number such as 0.1, or learned:0.1 to train it from there.");
    }

    /// <summary>One coefficient of this kind.</summary>
    public Coefficient Create() => new(this);

    /// <summary>As <see cref="Parse"/> reads it.</summary>
    public override string ToString() =>
        (Learned ? "learned:" : "") + Value.ToString(CultureInfo.InvariantCulture);
}
