using System.Runtime.CompilerServices;

namespace StepNet.Graph;

/// <summary><c>y = x w^T</c>: <c>[N, in]</c> times <c>[out, in]</c> gives <c>[N, out]</c>.</summary>
internal sealed class LinearOp : Operation
{
    public override Locality Locality => Locality.Item;

    public override Shape[] InferShapes(ReadOnlySpan<Shape> inputs)
    {
        (Shape x, Shape w) = (inputs[0], inputs[1]);
        return x.Batched && x.Dims.Length == 1 && !w.Batched && w.Dims.Length == 2 && w.Dims[1] == x.Channels
            ? [Shape.Batch(w.Dims[0])]
            : throw new ShapeMismatchException(
                $"Linear: weight {w} for input {x}. The input is [N, in] and the weight [out, in]; pool or flatten images first.");
    }

    public override Tensor?[] Gradient(Node node, Tensor?[] outputGradients) =>
    [
        node.Graph.Add(new LinearBackwardDataOp(), [outputGradients[0]!, node.Inputs[1]]),
        node.Graph.Add(new LinearBackwardWeightsOp(), [node.Inputs[0], outputGradients[0]!]),
    ];

    public override void Evaluate<T>(Operands<T> v)
    {
        (int outputs, int inputs) = (v.InShape(1).Dims[0], v.InShape(1).Dims[1]);
        ReadOnlySpan<T> x = v.In(0), w = v.In(1);
        for (int n = 0; n < v.Items; n++)
        {
            for (int o = 0; o < outputs; o++)
            {
                T sum = T.Zero;
                for (int i = 0; i < inputs; i++)
                {
                    sum += x[(n * inputs) + i] * w[(o * inputs) + i];
                }

                v.Out(0)[(n * outputs) + o] = sum;
            }
        }
    }
}

/// <summary><c>dx = dy w</c>.</summary>
internal sealed class LinearBackwardDataOp : BackwardOp
{
    public override Locality Locality => Locality.Item;

    public override Shape[] InferShapes(ReadOnlySpan<Shape> inputs) => [Shape.Batch(inputs[1].Dims[1])];

    public override void Evaluate<T>(Operands<T> v)
    {
        (int outputs, int inputs) = (v.InShape(1).Dims[0], v.InShape(1).Dims[1]);
        ReadOnlySpan<T> dy = v.In(0), w = v.In(1);
        Span<T> dx = v.Out(0);
        dx.Clear();
        for (int n = 0; n < v.Items; n++)
        {
            for (int o = 0; o < outputs; o++)
            {
                for (int i = 0; i < inputs; i++)
                {
                    dx[(n * inputs) + i] += dy[(n * outputs) + o] * w[(o * inputs) + i];
                }
            }
        }
    }
}

/// <summary><c>dw = dy^T x</c>: a sum over the batch.</summary>
internal sealed class LinearBackwardWeightsOp : BackwardOp
{
    public override Locality Locality => Locality.Reduction;

    public override Shape[] InferShapes(ReadOnlySpan<Shape> inputs) => [Shape.Of(inputs[1].Channels, inputs[0].Channels)];

    public override void Evaluate<T>(Operands<T> v)
    {
        (int outputs, int inputs) = (v.InShape(1).Channels, v.InShape(0).Channels);
        ReadOnlySpan<T> x = v.In(0), dy = v.In(1);
        Span<T> dw = v.Out(0);
        dw.Clear();
        for (int n = 0; n < v.Items; n++)
        {
            for (int o = 0; o < outputs; o++)
            {
                for (int i = 0; i < inputs; i++)
                {
                    dw[(o * inputs) + i] += dy[(n * outputs) + o] * x[(n * inputs) + i];
                }
            }
        }
    }
}

public static partial class Ops
{
    /// <summary>Linear map without bias.</summary>
    /// <param name="x"><c>[N, in]</c>.</param>
    /// <param name="w"><c>[out, in]</c>.</param>
    /// <param name="file">Filled in by the compiler.</param>
    /// <param name="line">Filled in by the compiler.</param>
    /// <returns><c>[N, out]</c>.</returns>
    public static Tensor Linear(Tensor x, Tensor w, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
        x.Graph.Add(new LinearOp(), [x, w], file, line);
}
