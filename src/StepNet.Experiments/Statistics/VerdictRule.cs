namespace StepNet.Experiments.Statistics;

/// <summary>When a difference counts; fixed in the study's file before anything runs.</summary>
public sealed record VerdictRule
{
    /// <summary>Fewest pairs for a verdict.</summary>
    public int MinPairs { get; init; } = 5;

    /// <summary>The one-sided p must lie below; in (0, 0.5).</summary>
    public double Alpha { get; init; } = 0.05;

    /// <summary>
    /// <see cref="Verdict.Holds"/> where first minus second is positive beyond chance, <see cref="Verdict.DoesNotHold"/> where it
    /// is negative beyond chance: enough pairs, p below <see cref="Alpha"/>, and an interval off 0.
    /// </summary>
    public Verdict Judge(PairedComparison comparison)
    {
        ArgumentNullException.ThrowIfNull(comparison);
        return comparison.Pairs < MinPairs ? Verdict.Inconclusive
            : comparison.PGreater < Alpha && comparison.Low > 0 ? Verdict.Holds
            : comparison.PLess < Alpha && comparison.High < 0 ? Verdict.DoesNotHold
            : Verdict.Inconclusive;
    }
}
