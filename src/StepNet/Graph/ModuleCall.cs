namespace StepNet.Graph;

/// <summary>One application of a module in a trace.</summary>
/// <param name="Module">The module: this room knows no more of it than that it is one object.</param>
/// <param name="Input">What it was applied to.</param>
/// <param name="Output">What it returned.</param>
public sealed record ModuleCall(object Module, Tensor Input, Tensor Output);
