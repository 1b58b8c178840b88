namespace StepNet.Graph;

/// <summary>An operation whose numbers come from outside the graph: an executor fills its output before the run.</summary>
internal abstract class SourceOp(Shape shape) : Operation
{
    public sealed override Locality Locality => shape.Batched ? Locality.Item : Locality.Unbatched;

    public sealed override Shape[] InferShapes(ReadOnlySpan<Shape> inputs) => [shape];

    public sealed override Tensor?[] Gradient(Node node, Tensor?[] outputGradients) => [];

    public sealed override void Evaluate<T>(Operands<T> v)
    {
    }
}

/// <summary>Fed before each run.</summary>
internal sealed class InputOp(string name, Shape shape) : SourceOp(shape)
{
    public string InputName { get; } = name;

    public override string ToString() => $"Input '{InputName}'";
}

/// <summary>A variable's value at the start of the step.</summary>
internal sealed class VariableOp(Variable variable) : SourceOp(variable.Shape)
{
    public Variable Variable { get; } = variable;

    public override string ToString() => $"Variable '{Variable.Name}'";
}

/// <summary>A run-time number.</summary>
internal sealed class SlotOp(Slot slot) : SourceOp(Shape.Scalar)
{
    public Slot Slot { get; } = slot;

    public override string ToString() => $"Slot '{Slot.Name}'";
}
