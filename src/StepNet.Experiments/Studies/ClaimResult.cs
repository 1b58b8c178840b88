using StepNet.Experiments.Statistics;

namespace StepNet.Experiments.Studies;

/// <summary>What the trials say of a claim.</summary>
/// <param name="Claim">The claim.</param>
/// <param name="Verdict">By the study's rule.</param>
/// <param name="Comparison">Over all pairs, differences counted so that above 0 speaks for the claim; null without a pair.</param>
/// <param name="Pairs">Trials that differ in the sides of the claim alone.</param>
/// <param name="Diverged">Trials that diverged, by what they count at.</param>
/// <param name="Missing">Trials that should have been in a pair and have no result, with their state.</param>
public sealed record ClaimResult(
    Claim Claim,
    Verdict Verdict,
    PairedComparison? Comparison,
    IReadOnlyList<ClaimPair> Pairs,
    IReadOnlyList<string> Diverged,
    IReadOnlyList<string> Missing)
{
    /// <summary><c>holds</c>, <c>does not hold</c> or <c>inconclusive</c>.</summary>
    public string Word => Verdict switch
    {
        Verdict.Holds => "holds",
        Verdict.DoesNotHold => "does not hold",
        _ => "inconclusive",
    };
}
