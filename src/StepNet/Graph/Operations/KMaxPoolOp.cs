using System.Numerics;
using System.Runtime.CompilerServices;

namespace StepNet.Graph;

/// <summary>The k largest values of every channel of a sequence, in the sequence's order (Kalchbrenner et al. 2014).</summary>
/// <remarks>Of equal values the earlier count as larger; NaN counts as larger than any number.</remarks>
internal sealed class KMaxPoolOp(int k) : Operation
{
    public override Locality Locality => Locality.Item;

    public override Shape[] InferShapes(ReadOnlySpan<Shape> inputs)
    {
        Require.Sequences(Name, inputs[0]);
        return k <= inputs[0].Width ? [Shape.Batch(inputs[0].Channels, k)] : throw new ShapeMismatchException(
            $"KMaxPool: the {k} largest of {inputs[0]}, which has {inputs[0].Width} places. Use a smaller k or longer sequences.");
    }

    public override Tensor?[] Gradient(Node node, Tensor?[] outputGradients) =>
        [node.Graph.Add(new KMaxPoolBackwardOp(k), [outputGradients[0]!, node.Inputs[0]])];

    public override void Evaluate<T>(Operands<T> v)
    {
        int length = v.InShape(0).Width, to = 0;
        ReadOnlySpan<T> x = v.In(0);
        for (int from = 0; from < x.Length; from += length)
        {
            ReadOnlySpan<T> channel = x.Slice(from, length);
            for (int i = 0; i < length; i++)
            {
                if (IsAmongLargest(channel, i, k))
                {
                    v.Out(0)[to++] = channel[i];
                }
            }
        }
    }

    internal static bool IsAmongLargest<T>(ReadOnlySpan<T> values, int i, int k)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        int before = 0;
        for (int j = 0; j < values.Length; j++)
        {
            before += Above(values[j], values[i]) || (j < i && !Above(values[i], values[j])) ? 1 : 0;
        }

        return before < k;
    }

    private static bool Above<T>(T a, T b)
        where T : unmanaged, IFloatingPointIeee754<T> => a > b || (T.IsNaN(a) && !T.IsNaN(b));

    public override string ToString() => $"KMaxPool {k}";
}

/// <summary>The gradient of <see cref="KMaxPoolOp"/>, back to the places of the chosen values. Inputs dy, x.</summary>
internal sealed class KMaxPoolBackwardOp(int k) : BackwardOp
{
    public override Locality Locality => Locality.Item;

    public override Shape[] InferShapes(ReadOnlySpan<Shape> inputs) => [inputs[1]];

    public override void Evaluate<T>(Operands<T> v)
    {
        int length = v.InShape(1).Width, from = 0;
        ReadOnlySpan<T> dy = v.In(0), x = v.In(1);
        Span<T> dx = v.Out(0);
        for (int i = 0; i < dx.Length; i++)
        {
            dx[i] = KMaxPoolOp.IsAmongLargest(x.Slice(i / length * length, length), i % length, k) ? dy[from++] : T.Zero;
        }
    }
}

public static partial class Ops
{
    /// <summary>The k largest values of every channel, in the order of the sequence.</summary>
    /// <param name="x">Sequences, <c>[N, C, L]</c>.</param>
    /// <param name="k">How many, from 1 to L.</param>
    /// <param name="file">Filled in by the compiler.</param>
    /// <param name="line">Filled in by the compiler.</param>
    /// <returns><c>[N, C, k]</c>.</returns>
    public static Tensor KMaxPool(Tensor x, int k, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(k);
        return x.Graph.Add(new KMaxPoolOp(k), [x], file, line);
    }
}
