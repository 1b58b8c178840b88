using System.Globalization;

namespace StepNet.Experiments.Studies;

/// <summary>One value of an axis.</summary>
/// <param name="Name">The value, or the name of the combination.</param>
/// <param name="Settings">What it sets.</param>
public sealed record AxisCase(string Name, IReadOnlyList<Setting> Settings)
{
    /// <summary>The name as a number; null where it is none.</summary>
    public double? Number => double.TryParse(Name, NumberStyles.Float, CultureInfo.InvariantCulture, out double number) && double.IsFinite(number)
        ? number : null;
}
