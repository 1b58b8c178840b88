using System.Runtime.CompilerServices;

namespace StepNet.Graph;

/// <summary><c>y = max(x, 0)</c>.</summary>
internal sealed class ReluOp : Operation
{
    public override Locality Locality => Locality.Item;

    public override Shape[] InferShapes(ReadOnlySpan<Shape> inputs) => [inputs[0]];

    public override Tensor?[] Gradient(Node node, Tensor?[] outputGradients) =>
        [node.Graph.Add(new ReluBackwardOp(), [outputGradients[0]!, node.Outputs[0]])];

    public override void Evaluate<T>(Operands<T> v)
    {
        ReadOnlySpan<T> x = v.In(0);
        Span<T> y = v.Out(0);
        for (int i = 0; i < y.Length; i++)
        {
            // Not Max(x, 0), which turns NaN into 0 for one order of its arguments: a NaN must reach the loss.
            y[i] = x[i] < T.Zero ? T.Zero : x[i];
        }
    }
}

/// <summary><c>dx = dy where y > 0, else 0</c>.</summary>
internal sealed class ReluBackwardOp : BackwardOp
{
    public override Locality Locality => Locality.Item;

    public override Shape[] InferShapes(ReadOnlySpan<Shape> inputs)
    {
        Require.Equal(Name, inputs[0], inputs[1]);
        return [inputs[0]];
    }

    public override void Evaluate<T>(Operands<T> v)
    {
        ReadOnlySpan<T> dy = v.In(0), y = v.In(1);
        Span<T> dx = v.Out(0);
        for (int i = 0; i < dx.Length; i++)
        {
            dx[i] = y[i] > T.Zero ? dy[i] : T.Zero;
        }
    }
}

public static partial class Ops
{
    /// <summary>Rectified linear unit <c>max(x, 0)</c>, of any shape.</summary>
    public static Tensor Relu(Tensor x, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
        x.Graph.Add(new ReluOp(), [x], file, line);
}
