using StepNet.Graph;

namespace StepNet.Passes;

/// <summary>
/// The gradient that leaves a batch norm: <c>a[c] d + dmean[c] / M + 2 dvar[c] (y - mean[c]) / M</c>, with d times a step
/// factor where <paramref name="scaled"/>. Inputs d, y, a, mean, dmean, dvar, then the factor, <c>[]</c> or <c>[C]</c>.
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
        ReadOnlySpan<T> scales = Scaled ? v.In(6) : [T.One];
        T perValue = T.One / T.CreateTruncating((double)v.N * pixels);
        Span<T> dx = v.Out(0);
        for (int i = 0; i < dx.Length; i++)
        {
            int c = i / pixels % channels;
            T scale = scales[scales.Length == 1 ? 0 : c];
            dx[i] = (scale * a[c] * d[i]) + (perValue * (dmean[c] + ((dvar[c] + dvar[c]) * (y[i] - mean[c]))));
        }
    }

    public override string ToString() => Scaled ? "NormGradient scaled" : "NormGradient";
}
