using System.Runtime.CompilerServices;

namespace StepNet.Graph;

/// <summary>
/// He's option A: every <c>stride</c>-th pixel, and zero channels, as many before as behind, up to <c>outChannels</c>.
/// </summary>
internal sealed class PadShortcutOp(int stride, int outChannels) : Operation
{
    public int Stride { get; } = stride;

    public override Locality Locality => Locality.Item;

    public override Shape[] InferShapes(ReadOnlySpan<Shape> inputs)
    {
        Shape x = inputs[0];
        Require.Images(Name, x);
        return outChannels >= x.Channels
            ? [Shape.Batch(outChannels, ((x.Height - 1) / Stride) + 1, ((x.Width - 1) / Stride) + 1)]
            : throw new ShapeMismatchException(
                $"PadShortcut: {x} to {outChannels} channels. It can only add channels; use a projection.");
    }

    public override Tensor?[] Gradient(Node node, Tensor?[] outputGradients) =>
        [node.Graph.Add(new PadShortcutBackwardOp(Stride, node.Inputs[0].Shape), [outputGradients[0]!])];

    public override void Evaluate<T>(Operands<T> v)
    {
        (Shape x, Shape y) = (v.InShape(0), v.OutShape(0));
        int before = (y.Channels - x.Channels) / 2;
        v.Out(0).Clear();
        for (int n = 0; n < v.Items; n++)
        {
            for (int c = 0; c < x.Channels; c++)
            {
                for (int i = 0; i < y.Height; i++)
                {
                    for (int j = 0; j < y.Width; j++)
                    {
                        v.Out(0)[(((((n * y.Channels) + before + c) * y.Height) + i) * y.Width) + j] =
                            v.In(0)[(((((n * x.Channels) + c) * x.Height) + (i * Stride)) * x.Width) + (j * Stride)];
                    }
                }
            }
        }
    }

    public override string ToString() => $"PadShortcut stride {Stride}";
}

/// <summary>Gradient of <see cref="PadShortcutOp"/>: the pixels back to their places, zeros elsewhere.</summary>
internal sealed class PadShortcutBackwardOp(int stride, Shape xShape) : BackwardOp
{
    public int Stride { get; } = stride;

    public override Locality Locality => Locality.Item;

    public override Shape[] InferShapes(ReadOnlySpan<Shape> inputs) => [xShape];

    public override void Evaluate<T>(Operands<T> v)
    {
        (Shape x, Shape y) = (v.OutShape(0), v.InShape(0));
        int before = (y.Channels - x.Channels) / 2;
        v.Out(0).Clear();
        for (int n = 0; n < v.Items; n++)
        {
            for (int c = 0; c < x.Channels; c++)
            {
                for (int i = 0; i < y.Height; i++)
                {
                    for (int j = 0; j < y.Width; j++)
                    {
                        v.Out(0)[(((((n * x.Channels) + c) * x.Height) + (i * Stride)) * x.Width) + (j * Stride)] =
                            v.In(0)[(((((n * y.Channels) + before + c) * y.Height) + i) * y.Width) + j];
                    }
                }
            }
        }
    }
}

public static partial class Ops
{
    /// <summary>Parameter-free shortcut of He et al. 2016, option A.</summary>
    /// <param name="x"><c>[N, C, H, W]</c>.</param>
    /// <param name="stride">Keeps every stride-th pixel; at least 1.</param>
    /// <param name="outChannels">At least C; the new channels are zero.</param>
    /// <param name="file">Filled in by the compiler.</param>
    /// <param name="line">Filled in by the compiler.</param>
    public static Tensor PadShortcut(
        Tensor x, int stride, int outChannels, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(stride);
        return x.Graph.Add(new PadShortcutOp(stride, outChannels), [x], file, line);
    }
}
