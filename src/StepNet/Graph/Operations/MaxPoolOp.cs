using System.Runtime.CompilerServices;

namespace StepNet.Graph;

/// <summary>The largest value of each window; padding never wins, NaN always does.</summary>
/// <param name="window">The window.</param>
/// <param name="global">Whether the window is the whole image and the output a vector, <c>[N, C]</c>.</param>
internal sealed class MaxPoolOp(PoolWindow window, bool global = false) : Operation
{
    public PoolWindow Window { get; } = window;

    /// <summary>Whether the window is the whole image and the output a vector.</summary>
    public bool IsGlobal => global;

    public override string Name => global ? "GlobalMaxPool" : "MaxPool";

    public override Locality Locality => Locality.Item;

    public override Shape[] InferShapes(ReadOnlySpan<Shape> inputs)
    {
        Shape y = Window.Pool(Name, inputs[0]);
        return [global ? Shape.Batch(y.Channels) : y];
    }

    public override Tensor?[] Gradient(Node node, Tensor?[] outputGradients) =>
        [node.Graph.Add(new MaxPoolBackwardOp(Window), [outputGradients[0]!, node.Inputs[0], node.Outputs[0]])];

    public override void Evaluate<T>(Operands<T> v)
    {
        ReadOnlySpan<T> x = v.In(0);
        Span<T> y = v.Out(0);
        foreach (PoolTap tap in Window.Taps(v.InShape(0), v.Items))
        {
            T value = x[tap.X];
            y[tap.Y] = tap.First || value > y[tap.Y] || T.IsNaN(value) ? value : y[tap.Y];
        }
    }

    public override string ToString() => $"{Name} {Window}";
}

/// <summary>The gradient of <see cref="MaxPoolOp"/> goes to the first of the window's largest pixels. Inputs dy, x, y.</summary>
internal sealed class MaxPoolBackwardOp(PoolWindow window) : BackwardOp
{
    public PoolWindow Window { get; } = window;

    public override Locality Locality => Locality.Item;

    public override Shape[] InferShapes(ReadOnlySpan<Shape> inputs) => [inputs[1]];

    public override void Evaluate<T>(Operands<T> v)
    {
        ReadOnlySpan<T> dy = v.In(0), x = v.In(1), y = v.In(2);
        Span<T> dx = v.Out(0);
        dx.Clear();
        bool taken = false;
        foreach (PoolTap tap in Window.Taps(v.InShape(1), v.Items))
        {
            taken &= !tap.First;
            if (!taken && (x[tap.X] == y[tap.Y] || (T.IsNaN(x[tap.X]) && T.IsNaN(y[tap.Y]))))
            {
                dx[tap.X] += dy[tap.Y];
                taken = true;
            }
        }
    }

    public override string ToString() => $"{Name} {Window}";
}

public static partial class Ops
{
    /// <summary>Largest value of each window, as PyTorch's <c>max_pool2d</c> and <c>max_pool1d</c>.</summary>
    /// <param name="x">Images <c>[N, C, H, W]</c> or sequences <c>[N, C, L]</c>.</param>
    /// <param name="kernel">Height and width of the window; its length over sequences.</param>
    /// <param name="stride">Step of the window, at least 1.</param>
    /// <param name="padding">Places around the image that count as minus infinity; less than the window.</param>
    /// <param name="file">Filled in by the compiler.</param>
    /// <param name="line">Filled in by the compiler.</param>
    /// <returns>
    /// <c>[N, C, (H + top + bottom - kernel) / stride + 1, (W + left + right - kernel) / stride + 1]</c>, sequences likewise.
    /// The gradient goes to the first maximum of a window; a NaN is its maximum.
    /// </returns>
    public static Tensor MaxPool(
        Tensor x, int kernel, int stride, Padding padding = default, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
        x.Graph.Add(new MaxPoolOp(PoolWindow.Of("MaxPool", x.Shape, kernel, stride, padding)), [x], file, line);

    /// <summary>Largest value of every channel: <c>[N, C, H, W]</c> or <c>[N, C, L]</c> to <c>[N, C]</c>.</summary>
    public static Tensor GlobalMaxPool(Tensor x, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
        x.Graph.Add(new MaxPoolOp(PoolWindow.Whole(x.Shape), global: true), [x], file, line);
}
