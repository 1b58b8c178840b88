using System.Numerics;

namespace StepNet.Graph;

/// <summary>
/// An operation of the graph: its shape rule, its gradient rule and its readable definition. Deriving from this class is
/// all that a new operation needs; an executor may add a faster kernel for it.
/// </summary>
/// <remarks>Instances are immutable: settings such as a stride are constructor arguments.</remarks>
public abstract class Operation
{
    /// <summary>Name in listings: the class name without <c>Op</c>.</summary>
    public virtual string Name => GetType().Name is var name && name.EndsWith("Op", StringComparison.Ordinal) ? name[..^2] : name;

    /// <summary>What part of the batch it needs at once.</summary>
    public virtual Locality Locality => Locality.Batch;

    /// <summary>Shape rule.</summary>
    /// <returns>A shape for each output.</returns>
    /// <exception cref="ShapeMismatchException">The inputs do not fit; the message says how and what to do.</exception>
    public abstract Shape[] InferShapes(ReadOnlySpan<Shape> inputs);

    /// <summary>Gradient rule: nodes for dL/d(input), from dL/d(output).</summary>
    /// <param name="node">The forward node, with its inputs and outputs.</param>
    /// <param name="outputGradients">dL/d(output), one per output; null where the loss does not depend on it.</param>
    /// <returns>dL/d(input), one per input; null for none.</returns>
    public abstract Tensor?[] Gradient(Node node, Tensor?[] outputGradients);

    /// <summary>
    /// Definition, in plain loops over logical order (<c>[N, C, H, W]</c>, row-major): what the reference executor runs, in
    /// double, and the oracle for every kernel.
    /// </summary>
    public abstract void Evaluate<T>(Operands<T> v)
        where T : unmanaged, IFloatingPointIeee754<T>;

    /// <summary>Name and settings, for listings and for comparing two traces.</summary>
    public override string ToString() => Name;
}
