namespace StepNet.Experiments.Charts;

/// <summary>A tick of an axis.</summary>
/// <param name="Value">Where.</param>
/// <param name="Label">Its text; empty: a minor tick.</param>
internal readonly record struct Tick(double Value, string Label);
