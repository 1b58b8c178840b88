using System.Runtime.CompilerServices;

namespace StepNet.Graph;

/// <summary><c>y = a b</c>, element by element.</summary>
internal sealed class MultiplyOp : Operation
{
    public override Locality Locality => Locality.Item;

    public override Shape[] InferShapes(ReadOnlySpan<Shape> inputs)
    {
        Require.Equal(Name, inputs[0], inputs[1]);
        return [inputs[0]];
    }

    public override Tensor?[] Gradient(Node node, Tensor?[] outputGradients) =>
    [
        Ops.Multiply(outputGradients[0]!, node.Inputs[1]),
        Ops.Multiply(outputGradients[0]!, node.Inputs[0]),
    ];

    public override void Evaluate<T>(Operands<T> v)
    {
        ReadOnlySpan<T> a = v.In(0), b = v.In(1);
        Span<T> y = v.Out(0);
        for (int i = 0; i < y.Length; i++)
        {
            y[i] = a[i] * b[i];
        }
    }
}

public static partial class Ops
{
    /// <summary>Product <c>a b</c> of two tensors of one shape, element by element.</summary>
    public static Tensor Multiply(Tensor a, Tensor b, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
        a.Graph.Add(new MultiplyOp(), [a, b], file, line);
}
