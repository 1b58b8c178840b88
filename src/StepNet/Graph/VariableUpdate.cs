namespace StepNet.Graph;

/// <summary>A write to a variable at the end of a step.</summary>
/// <param name="Variable">What is written.</param>
/// <param name="Value">Its new value, of the same shape.</param>
public sealed record VariableUpdate(Variable Variable, Tensor Value);
