namespace StepNet.Experiments.Statistics;

/// <summary>When a difference counts; fixed in the study's file before anything runs.</summary>
public sealed record VerdictRule
{
    /// <summary>Fewest pairs for a verdict.</summary>
    public int MinPairs { get; init; } = 5;

    /// <summary>The one-sided p must lie below; in (0, 0.5).</summary>
    public double Alpha { get; init; } = 0.05;

    /// <summary>
    /// <see cref="Verdict.Holds"/> where first minus second lies above its threshold (0, unless the claim has a margin) beyond chance,
    /// <see cref="Verdict.DoesNotHold"/> where it lies below it beyond chance: enough pairs, p below <see cref="Alpha"/>, and an interval off the threshold.
    /// </summary>
    public Verdict Judge(PairedComparison comparison)
    {
        ArgumentNullException.ThrowIfNull(comparison);
        return comparison.Pairs < MinPairs ? Verdict.Inconclusive
            : comparison.PGreater < Alpha && comparison.Low > comparison.Threshold ? Verdict.Holds
            : comparison.PLess < Alpha && comparison.High < comparison.Threshold ? Verdict.DoesNotHold
            : Verdict.Inconclusive;
    }
}
