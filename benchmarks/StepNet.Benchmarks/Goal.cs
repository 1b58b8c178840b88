using System.Globalization;

namespace StepNet.Benchmarks;

/// <summary>What a figure is to reach.</summary>
/// <param name="Measurand">Which figure.</param>
/// <param name="Target">At least this or, for memory and waiting, at most.</param>
/// <param name="Aim">Better still; null for none.</param>
internal sealed record Goal(Measurand Measurand, double Target, double? Aim = null)
{
    /// <summary>Whether small is good.</summary>
    public bool AtMost => Measurand is Measurand.Memory or Measurand.FirstStep;

    /// <summary><c>at least 1.6, aim 2</c>.</summary>
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture, $"{(AtMost ? "at most" : "at least")} {Target}{(Aim is null ? "" : $", aim {Aim}")}");

    /// <summary>Whether a median reaches it, in words.</summary>
    public string Verdict(double median) => !Reaches(median, Target) ? "not met" : Aim is double aim && Reaches(median, aim) ? "met, aim too" : "met";

    private bool Reaches(double median, double bound) => AtMost ? median <= bound : median >= bound;
}
