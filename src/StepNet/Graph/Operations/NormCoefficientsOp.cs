using System.Globalization;
using System.Runtime.CompilerServices;

namespace StepNet.Graph;

/// <summary>
/// The affine map that normalises: <c>a = gamma / sqrt(var + eps)</c>, <c>b = beta - mean a</c>, so that
/// <c>a x + b = gamma (x - mean) / sqrt(var + eps) + beta</c>.
/// </summary>
internal sealed class NormCoefficientsOp(double epsilon) : Operation
{
    public double Epsilon { get; } = epsilon;

    public override Locality Locality => Locality.Unbatched;

    public override Shape[] InferShapes(ReadOnlySpan<Shape> inputs)
    {
        foreach (Shape input in inputs[1..])
        {
            Require.Equal(Name, inputs[0], input);
        }

        return [inputs[0], inputs[0]];
    }

    public override Tensor?[] Gradient(Node node, Tensor?[] outputGradients)
    {
        Tensor[] dy = ConstantOp.ZerosForNull(node, outputGradients);
        Node gradient = node.Graph.AddNode(
            new NormCoefficientsBackwardOp(Epsilon), [dy[0], dy[1], node.Inputs[0], node.Inputs[1], node.Inputs[2]]);
        return [.. gradient.Outputs];
    }

    public override void Evaluate<T>(Operands<T> v)
    {
        ReadOnlySpan<T> mean = v.In(0), variance = v.In(1), gamma = v.In(2), beta = v.In(3);
        for (int c = 0; c < mean.Length; c++)
        {
            T a = gamma[c] / T.Sqrt(variance[c] + T.CreateTruncating(Epsilon));
            v.Out(0)[c] = a;
            v.Out(1)[c] = beta[c] - (mean[c] * a);
        }
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"NormCoefficients eps {Epsilon}");
}

/// <summary>Gradients of <see cref="NormCoefficientsOp"/> for mean, variance, gamma and beta.</summary>
internal sealed class NormCoefficientsBackwardOp(double epsilon) : BackwardOp
{
    public override Locality Locality => Locality.Unbatched;

    public override Shape[] InferShapes(ReadOnlySpan<Shape> inputs) => [inputs[0], inputs[0], inputs[0], inputs[0]];

    public override void Evaluate<T>(Operands<T> v)
    {
        ReadOnlySpan<T> da = v.In(0), db = v.In(1), mean = v.In(2), variance = v.In(3), gamma = v.In(4);
        for (int c = 0; c < da.Length; c++)
        {
            T inverse = T.One / T.Sqrt(variance[c] + T.CreateTruncating(epsilon));
            T dScale = da[c] - (mean[c] * db[c]);
            v.Out(0)[c] = -gamma[c] * inverse * db[c];
            v.Out(1)[c] = T.CreateTruncating(-0.5) * dScale * gamma[c] * inverse * inverse * inverse;
            v.Out(2)[c] = dScale * inverse;
            v.Out(3)[c] = db[c];
        }
    }
}

public static partial class Ops
{
    /// <summary>Coefficients <c>(a, b)</c> of the affine map that normalises a channel; all <c>[C]</c>.</summary>
    public static (Tensor A, Tensor B) NormCoefficients(
        Tensor mean, Tensor variance, Tensor gamma, Tensor beta, double epsilon,
        [CallerFilePath] string file = "", [CallerLineNumber] int line = 0)
    {
        Node node = mean.Graph.AddNode(new NormCoefficientsOp(epsilon), [mean, variance, gamma, beta], file, line);
        return (node.Outputs[0], node.Outputs[1]);
    }
}
