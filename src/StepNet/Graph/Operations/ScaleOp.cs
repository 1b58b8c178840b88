using System.Runtime.CompilerServices;

namespace StepNet.Graph;

/// <summary><c>y = c x</c> with one number c.</summary>
internal sealed class ScaleOp : Operation
{
    public override Locality Locality => Locality.Item;

    public override Shape[] InferShapes(ReadOnlySpan<Shape> inputs)
    {
        Require.Scalar(Name, inputs[1]);
        return [inputs[0]];
    }

    public override Tensor?[] Gradient(Node node, Tensor?[] outputGradients) =>
    [
        node.Graph.Add(new ScaleOp(), [outputGradients[0]!, node.Inputs[1]]),
        node.Graph.Add(new DotOp(), [outputGradients[0]!, node.Inputs[0]]),
    ];

    public override void Evaluate<T>(Operands<T> v)
    {
        ReadOnlySpan<T> x = v.In(0);
        T c = v.In(1)[0];
        Span<T> y = v.Out(0);
        for (int i = 0; i < y.Length; i++)
        {
            y[i] = c * x[i];
        }
    }
}

public static partial class Ops
{
    /// <summary>Multiple <c>c x</c> with one number <paramref name="c"/>, shape <c>[]</c>.</summary>
    public static Tensor Scale(Tensor x, Tensor c, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
        x.Graph.Add(new ScaleOp(), [x, c], file, line);
}
