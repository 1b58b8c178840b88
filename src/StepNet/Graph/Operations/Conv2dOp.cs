using System.Runtime.CompilerServices;

namespace StepNet.Graph;

/// <summary>
/// Geometry of a convolution (cross-correlation, as everywhere in the field). A sequence is an image of one row, and its
/// window a row: the stride then moves along the sequence alone.
/// </summary>
/// <param name="Stride">Step of the window in both directions, at least 1.</param>
/// <param name="Padding">Zeros around the image.</param>
internal readonly record struct ConvGeometry(int Stride, Padding Padding)
{
    /// <summary>Height and width of a weight's window: <c>[out, in, kH, kW]</c>, <c>[out, in, k]</c> or <c>[out, in]</c>.</summary>
    public static (int Height, int Width) Window(Shape w) => w.Dims.Length switch
    {
        4 => (w.Dims[2], w.Dims[3]),
        3 => (1, w.Dims[2]),
        _ => (1, 1),
    };

    public int OutHeight(int height, int kernel) => ((height + Padding.Top + Padding.Bottom - kernel) / Stride) + 1;

    public int OutWidth(int width, int kernel) => ((width + Padding.Left + Padding.Right - kernel) / Stride) + 1;

    /// <summary>Output positions [from, to) whose input <c>o * Stride + k - before</c> lies in [0, size).</summary>
    public (int From, int To) Inside(int size, int outSize, int k, int before)
    {
        int from = Math.Max(0, (before - k + Stride - 1) / Stride);
        int to = Math.Min(outSize, ((size - 1 + before - k) / Stride) + 1);
        return size - 1 + before - k < 0 ? (0, 0) : (from, Math.Max(from, to));
    }

    public override string ToString() => $"stride {Stride}, padding {Padding}";
}

/// <summary><c>y[n, o, i, j] = sum over c, k, l of x[n, c, i stride + k - top, j stride + l - left] w[o, c, k, l]</c>.</summary>
/// <param name="geometry">Stride and padding.</param>
/// <param name="sequences">Whether x is <c>[N, C, L]</c> and w <c>[out, in, k]</c>: the same with one row.</param>
internal sealed class Conv2dOp(ConvGeometry geometry, bool sequences = false) : Operation
{
    public ConvGeometry Geometry { get; } = geometry;

    public override string Name => sequences ? "Conv1d" : "Conv2d";

    public override Locality Locality => Locality.Item;

    public override Shape[] InferShapes(ReadOnlySpan<Shape> inputs)
    {
        (Shape x, Shape w) = (inputs[0], inputs[1]);
        if (sequences)
        {
            Require.Sequences(Name, x);
        }
        else
        {
            Require.Images(Name, x);
        }

        if (w.Batched || w.Dims.Length != (sequences ? 3 : 4) || w.Dims[1] != x.Channels)
        {
            throw new ShapeMismatchException(
                $"{Name}: weight {w} for input {x}. The weight is {(sequences ? "[out, in, k]" : "[out, in, kH, kW]")} "
                + "and its 'in' equals the input's channels.");
        }

        // Compared before the division: -1 / 2 is 0, which would count as one window.
        Padding padding = Geometry.Padding;
        (int kh, int kw) = ConvGeometry.Window(w);
        if (x.Height + padding.Top + padding.Bottom < kh || x.Width + padding.Left + padding.Right < kw)
        {
            throw new ShapeMismatchException(
                $"{Name}: input {x} with padding {padding} is smaller than the {kh}x{kw} window. "
                + $"Use a {(sequences ? "longer sequence" : "larger image")} or more padding.");
        }

        return [sequences
            ? Shape.Batch(w.Dims[0], Geometry.OutWidth(x.Width, kw))
            : Shape.Batch(w.Dims[0], Geometry.OutHeight(x.Height, kh), Geometry.OutWidth(x.Width, kw))];
    }

    public override Tensor?[] Gradient(Node node, Tensor?[] outputGradients) =>
    [
        node.Graph.Add(new Conv2dBackwardDataOp(Geometry, node.Inputs[0].Shape), [outputGradients[0]!, node.Inputs[1]]),
        node.Graph.Add(new Conv2dBackwardWeightsOp(Geometry, node.Inputs[1].Shape), [node.Inputs[0], outputGradients[0]!]),
    ];

    public override void Evaluate<T>(Operands<T> v)
    {
        ReadOnlySpan<T> x = v.In(0), w = v.In(1);
        Span<T> y = v.Out(0);
        y.Clear();
        int stride = Geometry.Stride;
        ConvLoop loop = new(Geometry, v.InShape(0), v.OutShape(0), v.InShape(1));
        for (int n = 0; n < v.Items; n++)
        {
            foreach (ConvRun run in loop.Runs(n))
            {
                // Ends of the spans known here, so that the inner loop checks no bounds.
                ReadOnlySpan<T> from = x[run.X..];
                Span<T> to = y.Slice(run.Y, run.Count);
                T weight = w[run.Weight];
                for (int j = 0; j < to.Length; j++)
                {
                    to[j] += from[j * stride] * weight;
                }
            }
        }
    }

    public override string ToString() => $"{Name} {Geometry}";
}

/// <summary><c>dx</c> of <see cref="Conv2dOp"/>, from <c>dy</c> and the weights.</summary>
internal sealed class Conv2dBackwardDataOp(ConvGeometry geometry, Shape xShape) : BackwardOp
{
    public ConvGeometry Geometry { get; } = geometry;

    public override Locality Locality => Locality.Item;

    public override Shape[] InferShapes(ReadOnlySpan<Shape> inputs) => [xShape];

    public override void Evaluate<T>(Operands<T> v)
    {
        ReadOnlySpan<T> dy = v.In(0), w = v.In(1);
        Span<T> dx = v.Out(0);
        dx.Clear();
        ConvLoop loop = new(Geometry, v.OutShape(0), v.InShape(0), v.InShape(1));
        for (int n = 0; n < v.Items; n++)
        {
            foreach (ConvRun run in loop.Runs(n))
            {
                T weight = w[run.Weight];
                for (int j = 0; j < run.Count; j++)
                {
                    dx[run.X + (j * Geometry.Stride)] += dy[run.Y + j] * weight;
                }
            }
        }
    }

    public override string ToString() => $"{Name} {Geometry}";
}

/// <summary><c>dw</c> of <see cref="Conv2dOp"/>, from <c>x</c> and <c>dy</c>: a sum over the batch.</summary>
internal sealed class Conv2dBackwardWeightsOp(ConvGeometry geometry, Shape wShape) : BackwardOp
{
    public ConvGeometry Geometry { get; } = geometry;

    public override Locality Locality => Locality.Reduction;

    public override Shape[] InferShapes(ReadOnlySpan<Shape> inputs) => [wShape];

    public override void Evaluate<T>(Operands<T> v)
    {
        ReadOnlySpan<T> x = v.In(0), dy = v.In(1);
        Span<T> dw = v.Out(0);
        dw.Clear();
        ConvLoop loop = new(Geometry, v.InShape(0), v.InShape(1), v.OutShape(0));
        for (int n = 0; n < v.Items; n++)
        {
            foreach (ConvRun run in loop.Runs(n))
            {
                T sum = T.Zero;
                for (int j = 0; j < run.Count; j++)
                {
                    sum += x[run.X + (j * Geometry.Stride)] * dy[run.Y + j];
                }

                dw[run.Weight] += sum;
            }
        }
    }

    public override string ToString() => $"{Name} {Geometry}";
}

/// <summary>A stretch of one output row that meets one weight.</summary>
/// <param name="X">Index of the first input element; the next lie <c>Stride</c> apart.</param>
/// <param name="Y">Index of the first output element; the next lie side by side.</param>
/// <param name="Weight">Index of the weight.</param>
/// <param name="Count">Number of elements.</param>
internal readonly record struct ConvRun(int X, int Y, int Weight, int Count);

/// <summary>The loops that the convolution and both of its gradients share: all (output row, weight) pairs of an image.</summary>
internal readonly struct ConvLoop(ConvGeometry geometry, Shape x, Shape y, Shape w)
{
    public IEnumerable<ConvRun> Runs(int n)
    {
        // Sizes once: asking a shape costs more than the arithmetic of a run.
        (int inChannels, int height, int width) = (x.Channels, x.Height, x.Width);
        (int outChannels, int outHeight, int outWidth) = (y.Channels, y.Height, y.Width);
        (int kh, int kw) = ConvGeometry.Window(w);
        int stride = geometry.Stride;
        for (int o = 0; o < outChannels; o++)
        {
            for (int c = 0; c < inChannels; c++)
            {
                for (int k = 0; k < kh; k++)
                {
                    (int rowFrom, int rowTo) = geometry.Inside(height, outHeight, k, geometry.Padding.Top);
                    for (int l = 0; l < kw; l++)
                    {
                        (int from, int to) = geometry.Inside(width, outWidth, l, geometry.Padding.Left);
                        if (from >= to)
                        {
                            // A weight that meets padding alone has no place in the image to begin at.
                            continue;
                        }

                        int weight = (((((o * inChannels) + c) * kh) + k) * kw) + l;
                        int inColumn = (from * stride) + l - geometry.Padding.Left;
                        int inRow = (rowFrom * stride) + k - geometry.Padding.Top;
                        int xAt = (((((n * inChannels) + c) * height) + inRow) * width) + inColumn;
                        int yAt = (((((n * outChannels) + o) * outHeight) + rowFrom) * outWidth) + from;
                        for (int i = rowFrom; i < rowTo; i++)
                        {
                            yield return new ConvRun(xAt, yAt, weight, to - from);
                            xAt += stride * width;
                            yAt += outWidth;
                        }
                    }
                }
            }
        }
    }
}

public static partial class Ops
{
    /// <summary>2-D convolution without bias.</summary>
    /// <param name="x">Images, <c>[N, C, H, W]</c>.</param>
    /// <param name="w">Weights, <c>[out, C, kH, kW]</c>.</param>
    /// <param name="stride">Step of the window, at least 1.</param>
    /// <param name="padding">Zeros around the image.</param>
    /// <param name="file">Filled in by the compiler.</param>
    /// <param name="line">Filled in by the compiler.</param>
    /// <returns><c>[N, out, (H + top + bottom - kH) / stride + 1, (W + left + right - kW) / stride + 1]</c>.</returns>
    public static Tensor Conv2d(
        Tensor x, Tensor w, int stride, Padding padding, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(stride);
        ArgumentOutOfRangeException.ThrowIfNegative(padding.Least, nameof(padding));
        return x.Graph.Add(new Conv2dOp(new ConvGeometry(stride, padding)), [x, w], file, line);
    }
}
