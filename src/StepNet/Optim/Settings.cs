using System.Runtime.CompilerServices;

namespace StepNet.Optim;

/// <summary>Ranges of what optimisers and schedules are made with; the caller's name for it stands in the exception.</summary>
internal static class Settings
{
    /// <summary>In [0, 1).</summary>
    public static double Share(double value, [CallerArgumentExpression(nameof(value))] string name = "") =>
        value is >= 0 and < 1 ? value : throw new ArgumentOutOfRangeException(name, value, "Needs a number in [0, 1).");

    /// <summary>Finite and at least 0.</summary>
    public static double NotNegative(double value, [CallerArgumentExpression(nameof(value))] string name = "") =>
        value >= 0 && double.IsFinite(value) ? value
            : throw new ArgumentOutOfRangeException(name, value, "Needs a finite number, at least 0.");

    /// <summary>Finite and above 0, in float32 too.</summary>
    public static double Positive(double value, [CallerArgumentExpression(nameof(value))] string name = "") =>
        (float)value > 0 && float.IsFinite((float)value) ? value
            : throw new ArgumentOutOfRangeException(name, value, "Needs a finite number above 0, in float32 too.");
}
