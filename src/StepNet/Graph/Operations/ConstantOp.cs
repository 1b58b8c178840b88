using System.Globalization;

namespace StepNet.Graph;

/// <summary>One number, fixed in the graph, at every place of an unbatched shape.</summary>
internal sealed class ConstantOp(double value, Shape shape = default) : Operation
{
    public double Value { get; } = value;

    public override Locality Locality => Locality.Unbatched;

    public override Shape[] InferShapes(ReadOnlySpan<Shape> inputs) => [shape];

    public override Tensor?[] Gradient(Node node, Tensor?[] outputGradients) => [];

    public override void Evaluate<T>(Operands<T> v) => v.Out(0).Fill(T.CreateTruncating(Value));

    /// <summary>Gradients of all outputs, with zeros where the loss does not depend on one. For unbatched outputs.</summary>
    public static Tensor[] ZerosForNull(Node node, Tensor?[] outputGradients) =>
        [.. outputGradients.Select((dy, i) => dy ?? node.Graph.Add(new ConstantOp(0, node.Outputs[i].Shape), []))];

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"Constant {Value}");
}
