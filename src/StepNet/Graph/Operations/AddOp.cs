using System.Runtime.CompilerServices;

namespace StepNet.Graph;

/// <summary><c>y = a + b</c>.</summary>
internal sealed class AddOp : Operation
{
    public override Locality Locality => Locality.Item;

    public override Shape[] InferShapes(ReadOnlySpan<Shape> inputs)
    {
        Require.Equal(Name, inputs[0], inputs[1]);
        return [inputs[0]];
    }

    public override Tensor?[] Gradient(Node node, Tensor?[] outputGradients) => [outputGradients[0], outputGradients[0]];

    public override void Evaluate<T>(Operands<T> v)
    {
        ReadOnlySpan<T> a = v.In(0), b = v.In(1);
        Span<T> y = v.Out(0);
        for (int i = 0; i < y.Length; i++)
        {
            y[i] = a[i] + b[i];
        }
    }
}

public static partial class Ops
{
    /// <summary>Sum <c>a + b</c> of two tensors of one shape.</summary>
    public static Tensor Add(Tensor a, Tensor b, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
        a.Graph.Add(new AddOp(), [a, b], file, line);
}
