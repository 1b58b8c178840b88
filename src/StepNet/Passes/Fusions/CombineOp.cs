using StepNet.Graph;

namespace StepNet.Passes;

/// <summary>
/// <c>act(s (ax x + bx) + h (af f + bf))</c>: the whole right side of the block's equation in one pass. Inputs x, f, s, h, then
/// (ax, bx) and (af, bf) where present; s and h are <c>[]</c> or <c>[C]</c>.
/// </summary>
/// <param name="skipAffine">Whether (ax, bx) are present.</param>
/// <param name="branchAffine">Whether (af, bf) are present.</param>
/// <param name="relu">Whether act is ReLU.</param>
internal sealed class CombineOp(bool skipAffine, bool branchAffine, bool relu) : BackwardOp
{
    public bool SkipAffine { get; } = skipAffine;

    public bool BranchAffine { get; } = branchAffine;

    public bool Relu { get; } = relu;

    public override Locality Locality => Locality.Item;

    /// <summary>Place of af among the inputs.</summary>
    public int BranchAffineInput => SkipAffine ? 6 : 4;

    public override Shape[] InferShapes(ReadOnlySpan<Shape> inputs)
    {
        Require.Equal(Name, inputs[0], inputs[1]);
        return [inputs[0]];
    }

    public override void Evaluate<T>(Operands<T> v)
    {
        int pixels = v.InShape(0).ItemCount / v.InShape(0).Channels, channels = v.InShape(0).Channels;
        ReadOnlySpan<T> x = v.In(0), f = v.In(1), s = v.In(2), h = v.In(3);
        Span<T> y = v.Out(0);
        for (int i = 0; i < y.Length; i++)
        {
            int c = i / pixels % channels;
            T skip = SkipAffine ? (v.In(4)[c] * x[i]) + v.In(5)[c] : x[i];
            T branch = BranchAffine ? (v.In(BranchAffineInput)[c] * f[i]) + v.In(BranchAffineInput + 1)[c] : f[i];
            T value = (s[s.Length == 1 ? 0 : c] * skip) + (h[h.Length == 1 ? 0 : c] * branch);
            y[i] = Relu && value < T.Zero ? T.Zero : value;
        }
    }

    public override string ToString() =>
        $"Combine{(SkipAffine ? " skip-affine" : "")}{(BranchAffine ? " branch-affine" : "")}{(Relu ? " relu" : "")}";
}
