using System.Runtime.CompilerServices;

namespace StepNet.Graph;

/// <summary>The mean of each window; padded places count as zeros.</summary>
internal sealed class AveragePoolOp(PoolWindow window) : Operation
{
    public PoolWindow Window { get; } = window;

    public override Locality Locality => Locality.Item;

    public override Shape[] InferShapes(ReadOnlySpan<Shape> inputs) => [Window.Pool(Name, inputs[0])];

    public override Tensor?[] Gradient(Node node, Tensor?[] outputGradients) =>
        [node.Graph.Add(new AveragePoolBackwardOp(Window, node.Inputs[0].Shape), [outputGradients[0]!])];

    public override void Evaluate<T>(Operands<T> v)
    {
        ReadOnlySpan<T> x = v.In(0);
        Span<T> y = v.Out(0);
        T count = T.CreateTruncating(Window.Count);
        y.Clear();
        foreach (PoolTap tap in Window.Taps(v.InShape(0), v.Items))
        {
            y[tap.Y] += x[tap.X] / count;
        }
    }

    public override string ToString() => $"{Name} {Window}";
}

/// <summary><c>dx = sum over the windows that hold the pixel of dy / (window's size)</c>.</summary>
internal sealed class AveragePoolBackwardOp(PoolWindow window, Shape xShape) : BackwardOp
{
    public PoolWindow Window { get; } = window;

    public override Locality Locality => Locality.Item;

    public override Shape[] InferShapes(ReadOnlySpan<Shape> inputs) => [xShape];

    public override void Evaluate<T>(Operands<T> v)
    {
        ReadOnlySpan<T> dy = v.In(0);
        Span<T> dx = v.Out(0);
        T count = T.CreateTruncating(Window.Count);
        dx.Clear();
        foreach (PoolTap tap in Window.Taps(xShape, v.Items))
        {
            dx[tap.X] += dy[tap.Y] / count;
        }
    }

    public override string ToString() => $"{Name} {Window}";
}

public static partial class Ops
{
    /// <summary>
    /// Mean of each window, as PyTorch's <c>avg_pool2d</c> and <c>avg_pool1d</c> by default: padded zeros count
    /// (<c>count_include_pad=True</c>), so every window is divided by its full size.
    /// </summary>
    /// <param name="x">Images <c>[N, C, H, W]</c> or sequences <c>[N, C, L]</c>.</param>
    /// <param name="kernel">Height and width of the window; its length over sequences.</param>
    /// <param name="stride">Step of the window, at least 1.</param>
    /// <param name="padding">Zeros around the image; less than the window.</param>
    /// <param name="file">Filled in by the compiler.</param>
    /// <param name="line">Filled in by the compiler.</param>
    /// <returns>As <see cref="MaxPool"/>.</returns>
    public static Tensor AveragePool(
        Tensor x, int kernel, int stride, Padding padding = default, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
        x.Graph.Add(new AveragePoolOp(PoolWindow.Of("AveragePool", x.Shape, kernel, stride, padding)), [x], file, line);
}
