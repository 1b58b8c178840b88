using System.Globalization;

namespace StepNet.Graph;

/// <summary><c>running + momentum (statistic - running)</c>: the next value of a running statistic.</summary>
/// <param name="momentum">Weight of the new statistic, in [0, 1]; PyTorch's sense.</param>
/// <param name="pixels">Values an item has in a channel.</param>
/// <param name="unbiased">Whether to turn a variance over M values into the unbiased one, <c>M / (M - 1)</c>.</param>
internal sealed class RunningAverageOp(double momentum, int pixels, bool unbiased) : Operation
{
    public override Locality Locality => Locality.Unbatched;

    public override Shape[] InferShapes(ReadOnlySpan<Shape> inputs)
    {
        Require.Equal(Name, inputs[0], inputs[1]);
        return [inputs[0]];
    }

    public override Tensor?[] Gradient(Node node, Tensor?[] outputGradients) => [null, null];

    public override void Evaluate<T>(Operands<T> v)
    {
        ReadOnlySpan<T> running = v.In(0), statistic = v.In(1);
        double count = (double)v.N * pixels;
        T factor = T.CreateTruncating(unbiased ? count / Math.Max(count - 1, 1) : 1);
        T m = T.CreateTruncating(momentum);
        for (int c = 0; c < running.Length; c++)
        {
            v.Out(0)[c] = running[c] + (m * ((statistic[c] * factor) - running[c]));
        }
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"RunningAverage momentum {momentum}");
}
