namespace StepNet.Experiments.Charts;

/// <summary>A moment of an <see cref="Animation"/>.</summary>
/// <param name="Label">Which moment: <c>block 3 of 20</c>.</param>
/// <param name="Panels">Charts side by side, as many in every frame.</param>
public sealed record AnimationFrame(string Label, IReadOnlyList<Chart> Panels);
