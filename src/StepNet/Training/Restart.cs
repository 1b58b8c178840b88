namespace StepNet.Training;

/// <summary>A divergence that a run went on from.</summary>
/// <param name="DivergedAtStep">Number, from 0, of the step that gave a number that is not finite.</param>
/// <param name="DivergedIn">The first operation that did, in one line.</param>
/// <param name="RestoredStep">Steps done in the checkpoint that was restored.</param>
/// <param name="RateFactor">What the schedule's learning rate is multiplied with from there on.</param>
public sealed record Restart(long DivergedAtStep, string DivergedIn, long RestoredStep, double RateFactor);
