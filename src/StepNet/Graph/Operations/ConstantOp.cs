using System.Globalization;

namespace StepNet.Graph;

/// <summary>One number, fixed in the graph.</summary>
internal sealed class ConstantOp(double value) : Operation
{
    public double Value { get; } = value;

    public override Locality Locality => Locality.Unbatched;

    public override Shape[] InferShapes(ReadOnlySpan<Shape> inputs) => [Shape.Scalar];

    public override Tensor?[] Gradient(Node node, Tensor?[] outputGradients) => [];

    public override void Evaluate<T>(Operands<T> v) => v.Out(0)[0] = T.CreateTruncating(Value);

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"Constant {Value}");
}
