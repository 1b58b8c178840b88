using StepNet.Graph;

namespace StepNet.Passes;

/// <summary><c>(a + c b) where gate > 0</c>. Inputs a, b, then c and gate where present; c is <c>[]</c> or <c>[C]</c>, and 1 where absent.</summary>
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
        ReadOnlySpan<T> factors = Scaled ? v.In(2) : [T.One];
        int channels = v.InShape(0).Channels, pixels = v.InShape(0).ItemCount / channels;
        Span<T> y = v.Out(0);
        for (int i = 0; i < y.Length; i++)
        {
            T c = factors[factors.Length == 1 ? 0 : i / pixels % channels];
            y[i] = !Gated || v.In(GateInput)[i] > T.Zero ? a[i] + (c * b[i]) : T.Zero;
        }
    }

    public override string ToString() => $"GatedSum{(Scaled ? " scaled" : "")}{(Gated ? " gated" : "")}";
}
