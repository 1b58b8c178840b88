using System.Runtime.CompilerServices;

namespace StepNet.Graph;

public static partial class Ops
{
    /// <summary>1-D convolution without bias: the 2-D one over images of one row.</summary>
    /// <param name="x">Sequences, <c>[N, C, L]</c>.</param>
    /// <param name="w">Weights, <c>[out, C, k]</c>.</param>
    /// <param name="stride">Step of the window, at least 1.</param>
    /// <param name="padding">Zeros before and behind: <see cref="Padding.Along"/>.</param>
    /// <param name="file">Filled in by the compiler.</param>
    /// <param name="line">Filled in by the compiler.</param>
    /// <returns><c>[N, out, (L + left + right - k) / stride + 1]</c>.</returns>
    public static Tensor Conv1d(
        Tensor x, Tensor w, int stride, Padding padding, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(stride);
        ArgumentOutOfRangeException.ThrowIfNegative(padding.Least, nameof(padding));
        return padding.Top == 0 && padding.Bottom == 0
            ? x.Graph.Add(new Conv2dOp(new ConvGeometry(stride, padding), sequences: true), [x, w], file, line)
            : throw new ArgumentException(
                $"Conv1d: padding {padding}. A sequence has no rows above and below; use Padding.Along(left, right).", nameof(padding));
    }
}
