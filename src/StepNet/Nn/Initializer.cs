using StepNet.Graph;
using StepNet.Kernels;

namespace StepNet.Nn;

/// <summary>How a parameter starts.</summary>
/// <param name="values">Receives the values.</param>
/// <param name="shape">Shape of the parameter; weights are <c>[out, in, ...]</c>.</param>
/// <param name="random">A stream of the parameter's own.</param>
public delegate void Initializer(Span<float> values, Shape shape, CounterRandom random);
