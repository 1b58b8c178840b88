using StepNet.Graph;

namespace StepNet.Passes;

/// <summary><c>y = max(a[c] x + b[c], 0)</c>.</summary>
internal sealed class AffineReluOp : BackwardOp
{
    public override Locality Locality => Locality.Item;

    public override Shape[] InferShapes(ReadOnlySpan<Shape> inputs) => [inputs[0]];

    public override void Evaluate<T>(Operands<T> v)
    {
        int pixels = v.InShape(0).ItemCount / v.InShape(0).Channels, channels = v.InShape(0).Channels;
        Span<T> y = v.Out(0);
        for (int i = 0; i < y.Length; i++)
        {
            int c = i / pixels % channels;
            T value = (v.In(1)[c] * v.In(0)[i]) + v.In(2)[c];
            y[i] = value < T.Zero ? T.Zero : value;
        }
    }
}

/// <summary>
/// <c>act(s (ax x + bx) + h (af f + bf))</c>: the whole right side of the block's equation in one pass. Inputs x, f, s, h, then
/// (ax, bx) and (af, bf) where present.
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
        ReadOnlySpan<T> x = v.In(0), f = v.In(1);
        T s = v.In(2)[0], h = v.In(3)[0];
        Span<T> y = v.Out(0);
        for (int i = 0; i < y.Length; i++)
        {
            int c = i / pixels % channels;
            T skip = SkipAffine ? (v.In(4)[c] * x[i]) + v.In(5)[c] : x[i];
            T branch = BranchAffine ? (v.In(BranchAffineInput)[c] * f[i]) + v.In(BranchAffineInput + 1)[c] : f[i];
            T value = (s * skip) + (h * branch);
            y[i] = Relu && value < T.Zero ? T.Zero : value;
        }
    }

    public override string ToString() =>
        $"Combine{(SkipAffine ? " skip-affine" : "")}{(BranchAffine ? " branch-affine" : "")}{(Relu ? " relu" : "")}";
}

/// <summary>
/// The gradient that leaves a batch norm: <c>a[c] d + dmean[c] / M + 2 dvar[c] (y - mean[c]) / M</c>, with d times one number
/// where <paramref name="scaled"/>. Inputs d, y, a, mean, dmean, dvar, then the number.
/// </summary>
internal sealed class NormGradientOp(bool scaled) : BackwardOp
{
    public bool Scaled { get; } = scaled;

    public override Locality Locality => Locality.Item;

    public override Shape[] InferShapes(ReadOnlySpan<Shape> inputs)
    {
        Require.Equal(Name, inputs[0], inputs[1]);
        return [inputs[0]];
    }

    public override void Evaluate<T>(Operands<T> v)
    {
        int pixels = v.InShape(0).ItemCount / v.InShape(0).Channels, channels = v.InShape(0).Channels;
        ReadOnlySpan<T> d = v.In(0), y = v.In(1), a = v.In(2), mean = v.In(3), dmean = v.In(4), dvar = v.In(5);
        T scale = Scaled ? v.In(6)[0] : T.One, perValue = T.One / T.CreateTruncating((double)v.N * pixels);
        Span<T> dx = v.Out(0);
        for (int i = 0; i < dx.Length; i++)
        {
            int c = i / pixels % channels;
            dx[i] = (scale * a[c] * d[i]) + (perValue * (dmean[c] + ((dvar[c] + dvar[c]) * (y[i] - mean[c]))));
        }
    }

    public override string ToString() => Scaled ? "NormGradient scaled" : "NormGradient";
}

/// <summary><c>(a + c b) where gate > 0</c>. Inputs a, b, then c and gate where present; c is 1 where absent.</summary>
internal sealed class GatedSumOp(bool scaled, bool gated) : BackwardOp
{
    public bool Scaled { get; } = scaled;

    public bool Gated { get; } = gated;

    /// <summary>Place of the gate among the inputs.</summary>
    public int GateInput => Scaled ? 3 : 2;

    public override Locality Locality => Locality.Item;

    public override Shape[] InferShapes(ReadOnlySpan<Shape> inputs)
    {
        Require.Equal(Name, inputs[0], inputs[1]);
        return [inputs[0]];
    }

    public override void Evaluate<T>(Operands<T> v)
    {
        ReadOnlySpan<T> a = v.In(0), b = v.In(1);
        T c = Scaled ? v.In(2)[0] : T.One;
        Span<T> y = v.Out(0);
        for (int i = 0; i < y.Length; i++)
        {
            y[i] = !Gated || v.In(GateInput)[i] > T.Zero ? a[i] + (c * b[i]) : T.Zero;
        }
    }

    public override string ToString() => $"GatedSum{(Scaled ? " scaled" : "")}{(Gated ? " gated" : "")}";
}

/// <summary><c>sum over c of a[c] products[c] + b[c] sums[c]</c>: <c>&lt;d, a y + b&gt;</c> from the channel sums of d and d y.</summary>
internal sealed class DotFromSumsOp : BackwardOp
{
    public override Locality Locality => Locality.Unbatched;

    public override Shape[] InferShapes(ReadOnlySpan<Shape> inputs) => [Shape.Scalar];

    public override void Evaluate<T>(Operands<T> v)
    {
        ReadOnlySpan<T> sums = v.In(0), products = v.In(1), a = v.In(2), b = v.In(3);
        T total = T.Zero;
        for (int c = 0; c < sums.Length; c++)
        {
            total += (a[c] * products[c]) + (b[c] * sums[c]);
        }

        v.Out(0)[0] = total;
    }
}

/// <summary><c>y = x</c>, in memory of its own.</summary>
internal sealed class CopyOp : BackwardOp
{
    public override Locality Locality => Locality.Unbatched;

    public override Shape[] InferShapes(ReadOnlySpan<Shape> inputs) => [inputs[0]];

    public override void Evaluate<T>(Operands<T> v) => v.In(0).CopyTo(v.Out(0));
}
