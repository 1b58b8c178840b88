using System.Globalization;
using System.Runtime.CompilerServices;

namespace StepNet.Graph;

/// <summary>
/// Group norm (Wu and He 2018): <c>y = gamma[c] (x - mean) / sqrt(var + eps) + beta[c]</c>, mean and variance over the pixels and
/// channels of one group of one item. Inputs x, gamma, beta; outputs y, mean and <c>1 / sqrt(var + eps)</c>, both <c>[N, groups]</c>.
/// </summary>
internal sealed class GroupNormOp(int groups, double epsilon) : Operation
{
    public double Epsilon { get; } = epsilon;

    public override Locality Locality => Locality.Item;

    public override Shape[] InferShapes(ReadOnlySpan<Shape> inputs)
    {
        Require.PerChannel(Name, inputs[0], inputs[1]);
        Require.PerChannel(Name, inputs[0], inputs[2]);
        return inputs[0].Channels % groups == 0
            ? [inputs[0], Shape.Batch(groups), Shape.Batch(groups)]
            : throw new ShapeMismatchException(
                $"GroupNorm: {inputs[0].Channels} channels of {inputs[0]} in {groups} groups. The groups divide the channels evenly.");
    }

    public override Tensor?[] Gradient(Node node, Tensor?[] outputGradients)
    {
        (Tensor dy, Tensor x, Tensor gamma) = (outputGradients[0]!, node.Inputs[0], node.Inputs[1]);
        (Tensor mean, Tensor inverse) = (node.Outputs[1], node.Outputs[2]);
        Node affine = node.Graph.AddNode(new GroupNormBackwardAffineOp(), [dy, x, mean, inverse]);
        return
        [
            node.Graph.Add(new GroupNormBackwardDataOp(), [dy, x, gamma, mean, inverse]),
            affine.Outputs[0],
            affine.Outputs[1],
        ];
    }

    public override void Evaluate<T>(Operands<T> v)
    {
        Shape shape = v.InShape(0);
        (int channels, int pixels, int size) = (shape.Channels, shape.ItemCount / shape.Channels, shape.ItemCount / groups);
        ReadOnlySpan<T> gamma = v.In(1), beta = v.In(2);
        for (int g = 0; g < v.Items * groups; g++)
        {
            ReadOnlySpan<T> x = v.In(0).Slice(g * size, size);
            T mean = T.Zero, variance = T.Zero, count = T.CreateTruncating(size);
            foreach (T value in x)
            {
                mean += value / count;
            }

            foreach (T value in x)
            {
                variance += (value - mean) * (value - mean) / count;
            }

            T inverse = T.One / T.Sqrt(variance + T.CreateTruncating(Epsilon));
            (v.Out(1)[g], v.Out(2)[g]) = (mean, inverse);
            for (int i = 0; i < size; i++)
            {
                int c = ((g * size) + i) / pixels % channels;
                v.Out(0)[(g * size) + i] = (gamma[c] * inverse * (x[i] - mean)) + beta[c];
            }
        }
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"GroupNorm {groups} groups, eps {Epsilon}");
}

/// <summary>
/// <c>dx = inverse (gamma dy - sum(gamma dy) / M - xn sum(gamma dy xn) / M)</c>, sums over the M values of a group, xn the
/// normalised x. Inputs dy, x, gamma, mean, inverse.
/// </summary>
internal sealed class GroupNormBackwardDataOp : BackwardOp
{
    public override Locality Locality => Locality.Item;

    public override Shape[] InferShapes(ReadOnlySpan<Shape> inputs) => [inputs[1]];

    public override void Evaluate<T>(Operands<T> v)
    {
        Shape shape = v.InShape(1);
        int groups = v.InShape(3).Channels, channels = shape.Channels, pixels = shape.ItemCount / channels, size = shape.ItemCount / groups;
        ReadOnlySpan<T> gamma = v.In(2);
        for (int g = 0; g < v.Items * groups; g++)
        {
            ReadOnlySpan<T> dy = v.In(0).Slice(g * size, size), x = v.In(1).Slice(g * size, size);
            T mean = v.In(3)[g], inverse = v.In(4)[g], sum = T.Zero, products = T.Zero, count = T.CreateTruncating(size);
            for (int i = 0; i < size; i++)
            {
                T d = gamma[((g * size) + i) / pixels % channels] * dy[i];
                sum += d / count;
                products += d * (x[i] - mean) * inverse / count;
            }

            for (int i = 0; i < size; i++)
            {
                T d = gamma[((g * size) + i) / pixels % channels] * dy[i];
                v.Out(0)[(g * size) + i] = inverse * (d - sum - ((x[i] - mean) * inverse * products));
            }
        }
    }
}

/// <summary><c>dgamma[c] = sum of dy xn</c>, <c>dbeta[c] = sum of dy</c>, over batch and pixels. Inputs dy, x, mean, inverse.</summary>
internal sealed class GroupNormBackwardAffineOp : BackwardOp
{
    public override Locality Locality => Locality.Reduction;

    public override Shape[] InferShapes(ReadOnlySpan<Shape> inputs) => [Shape.Of(inputs[1].Channels), Shape.Of(inputs[1].Channels)];

    public override void Evaluate<T>(Operands<T> v)
    {
        Shape shape = v.InShape(1);
        int channels = shape.Channels, pixels = shape.ItemCount / channels, size = shape.ItemCount / v.InShape(2).Channels;
        ReadOnlySpan<T> dy = v.In(0), x = v.In(1), mean = v.In(2), inverse = v.In(3);
        Span<T> dgamma = v.Out(0), dbeta = v.Out(1);
        dgamma.Clear();
        dbeta.Clear();
        for (int i = 0; i < dy.Length; i++)
        {
            (int c, int g) = (i / pixels % channels, i / size);
            dgamma[c] += dy[i] * (x[i] - mean[g]) * inverse[g];
            dbeta[c] += dy[i];
        }
    }
}

public static partial class Ops
{
    /// <summary>Group norm (Wu and He 2018): every group of channels of every item normalised by itself.</summary>
    /// <param name="x"><c>[N, C, ...]</c>.</param>
    /// <param name="gamma">Scale, <c>[C]</c>.</param>
    /// <param name="beta">Shift, <c>[C]</c>.</param>
    /// <param name="groups">Groups of neighbouring channels; divides C.</param>
    /// <param name="epsilon">Added to the variance.</param>
    /// <param name="file">Filled in by the compiler.</param>
    /// <param name="line">Filled in by the compiler.</param>
    public static Tensor GroupNorm(
        Tensor x, Tensor gamma, Tensor beta, int groups, double epsilon = 1e-5,
        [CallerFilePath] string file = "", [CallerLineNumber] int line = 0)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(groups);
        return x.Graph.Add(new GroupNormOp(groups, epsilon), [x, gamma, beta], file, line);
    }
}
