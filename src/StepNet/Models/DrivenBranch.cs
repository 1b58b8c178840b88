using System.Runtime.CompilerServices;
using StepNet.Graph;
using StepNet.Nn;

namespace StepNet.Models;

/// <summary>
/// A branch of a system with an input: <c>F(x, u) = inner(x + u)</c>, u set before each use. All evaluations of F in one step see the
/// same u.
/// </summary>
internal sealed class DrivenBranch : Module
{
    // By graph: traces of one module may run at the same time, and none must hold another's tensors.
    private readonly ConditionalWeakTable<ComputationGraph, Tensor> _inputs = [];
    private readonly Module _inner;

    /// <param name="inner">Any branch that keeps the shape of its input.</param>
    public DrivenBranch(Module inner) => _inner = Child("", inner);

    /// <summary>Sets u for the uses that follow in the trace of <paramref name="u"/>.</summary>
    public void Drive(Tensor u) => _inputs.AddOrUpdate(u.Graph, u);

    protected override Tensor Forward(Tensor x) => _inner.Apply(
        _inputs.TryGetValue(x.Graph, out Tensor? u) ? Ops.Add(x, u) : throw new InvalidOperationException($"'{Path}': no input was set in this trace."));
}
