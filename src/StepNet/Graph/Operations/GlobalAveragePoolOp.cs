using System.Runtime.CompilerServices;

namespace StepNet.Graph;

/// <summary>Mean over the pixels of every channel: <c>[N, C, H, W]</c> or <c>[N, C, L]</c> to <c>[N, C]</c>.</summary>
internal sealed class GlobalAveragePoolOp : Operation
{
    public override Locality Locality => Locality.Item;

    public override Shape[] InferShapes(ReadOnlySpan<Shape> inputs)
    {
        Require.Pixels(Name, inputs[0]);
        return [Shape.Batch(inputs[0].Channels)];
    }

    public override Tensor?[] Gradient(Node node, Tensor?[] outputGradients) =>
        [node.Graph.Add(new GlobalAveragePoolBackwardOp(node.Inputs[0].Shape), [outputGradients[0]!])];

    public override void Evaluate<T>(Operands<T> v)
    {
        int pixels = v.InShape(0).Height * v.InShape(0).Width;
        ReadOnlySpan<T> x = v.In(0);
        Span<T> y = v.Out(0);
        for (int i = 0; i < y.Length; i++)
        {
            T sum = T.Zero;
            foreach (T value in x.Slice(i * pixels, pixels))
            {
                sum += value;
            }

            y[i] = sum / T.CreateTruncating(pixels);
        }
    }
}

/// <summary><c>dx = dy / (H W)</c> at every pixel.</summary>
internal sealed class GlobalAveragePoolBackwardOp(Shape xShape) : BackwardOp
{
    public override Locality Locality => Locality.Item;

    public override Shape[] InferShapes(ReadOnlySpan<Shape> inputs) => [xShape];

    public override void Evaluate<T>(Operands<T> v)
    {
        int pixels = xShape.Height * xShape.Width;
        ReadOnlySpan<T> dy = v.In(0);
        Span<T> dx = v.Out(0);
        for (int i = 0; i < dy.Length; i++)
        {
            dx.Slice(i * pixels, pixels).Fill(dy[i] / T.CreateTruncating(pixels));
        }
    }
}

public static partial class Ops
{
    /// <summary>Mean over the pixels of every channel.</summary>
    /// <param name="x"><c>[N, C, H, W]</c> or <c>[N, C, L]</c>.</param>
    /// <param name="file">Filled in by the compiler.</param>
    /// <param name="line">Filled in by the compiler.</param>
    /// <returns><c>[N, C]</c>.</returns>
    public static Tensor GlobalAveragePool(Tensor x, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
        x.Graph.Add(new GlobalAveragePoolOp(), [x], file, line);
}
