using System.Globalization;
using System.Numerics;
using System.Runtime.CompilerServices;

namespace StepNet.Graph;

/// <summary>
/// Mean over the batch of <c>log(sum of exp(logits)) - logits[label]</c>, with the maximum taken out. With smoothing e,
/// <c>(1 - e) logits[label] + e mean(logits)</c> takes the place of the label's logit.
/// </summary>
internal sealed class SoftmaxCrossEntropyOp(double smoothing = 0) : Operation
{
    public double Smoothing { get; } = smoothing;

    public override Locality Locality => Locality.Reduction;

    public override Shape[] InferShapes(ReadOnlySpan<Shape> inputs)
    {
        Require.LogitsAndLabels(Name, inputs[0], inputs[1]);
        return [Shape.Scalar];
    }

    public override Tensor?[] Gradient(Node node, Tensor?[] outputGradients) =>
        [node.Graph.Add(new SoftmaxCrossEntropyBackwardOp(Smoothing), [node.Inputs[0], node.Inputs[1], outputGradients[0]!]), null];

    public override void Evaluate<T>(Operands<T> v)
    {
        int classes = v.InShape(0).Channels;
        T sum = T.Zero;
        for (int n = 0; n < v.Items; n++)
        {
            sum += ItemLoss(v.In(0).Slice(n * classes, classes), int.CreateTruncating(v.In(1)[n]), Smoothing);
        }

        v.Out(0)[0] = sum / T.CreateTruncating(v.N);
    }

    public override string ToString() =>
        Smoothing == 0 ? Name : string.Create(CultureInfo.InvariantCulture, $"{Name} smoothing {Smoothing}");

    /// <summary>Loss of one item.</summary>
    internal static T ItemLoss<T>(ReadOnlySpan<T> logits, int label, double smoothing = 0)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        T max = Max(logits), sum = T.Zero;
        foreach (T logit in logits)
        {
            sum += T.Exp(logit - max);
        }

        return T.Log(sum) + max - Target(logits, label, smoothing);
    }

    /// <summary>Gradient of one item's loss: <c>scale (softmax(logits) - (1 - e) onehot(label) - e / classes)</c>.</summary>
    internal static void ItemGradient<T>(ReadOnlySpan<T> logits, int label, double smoothing, T scale, Span<T> gradient)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        T max = Max(logits), sum = T.Zero;
        for (int i = 0; i < logits.Length; i++)
        {
            gradient[i] = T.Exp(logits[i] - max);
            sum += gradient[i];
        }

        // Without smoothing these are exactly 1 and 0.
        T elsewhere = T.CreateTruncating(smoothing / logits.Length), onLabel = T.CreateTruncating(1 - smoothing) + elsewhere;

        for (int i = 0; i < logits.Length; i++)
        {
            gradient[i] = scale * ((gradient[i] / sum) - (i == label ? onLabel : elsewhere));
        }
    }

    /// <summary>Index of the largest logit, the first of equals; -1, no class, where all are NaN.</summary>
    internal static int Largest<T>(ReadOnlySpan<T> logits)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        int best = -1;
        for (int i = 0; i < logits.Length; i++)
        {
            best = (best < 0 && !T.IsNaN(logits[i])) || (best >= 0 && logits[i] > logits[best]) ? i : best;
        }

        return best;
    }

    private static T Target<T>(ReadOnlySpan<T> logits, int label, double smoothing)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        // Apart, so that a loss without smoothing keeps its bits, and an infinite logit elsewhere leaves it alone.
        if (smoothing == 0)
        {
            return logits[label];
        }

        T sum = T.Zero;
        foreach (T logit in logits)
        {
            sum += logit;
        }

        return (T.CreateTruncating(1 - smoothing) * logits[label]) + (T.CreateTruncating(smoothing / logits.Length) * sum);
    }

    private static T Max<T>(ReadOnlySpan<T> values)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        T max = values[0];
        foreach (T value in values)
        {
            max = value > max ? value : max;
        }

        return max;
    }
}

/// <summary><c>dlogits = dloss (softmax(logits) - (1 - e) onehot(label) - e / classes) / N</c>, e the smoothing.</summary>
internal sealed class SoftmaxCrossEntropyBackwardOp(double smoothing) : BackwardOp
{
    public double Smoothing { get; } = smoothing;

    public override Locality Locality => Locality.Item;

    public override Shape[] InferShapes(ReadOnlySpan<Shape> inputs) => [inputs[0]];

    public override void Evaluate<T>(Operands<T> v)
    {
        int classes = v.InShape(0).Channels;
        T scale = v.In(2)[0] / T.CreateTruncating(v.N);
        for (int n = 0; n < v.Items; n++)
        {
            SoftmaxCrossEntropyOp.ItemGradient(
                v.In(0).Slice(n * classes, classes),
                int.CreateTruncating(v.In(1)[n]),
                Smoothing,
                scale,
                v.Out(0).Slice(n * classes, classes));
        }
    }
}

/// <summary>Number of items whose largest logit is the label's.</summary>
internal sealed class CountCorrectOp : BackwardOp
{
    public override Locality Locality => Locality.Reduction;

    public override Shape[] InferShapes(ReadOnlySpan<Shape> inputs)
    {
        Require.LogitsAndLabels(Name, inputs[0], inputs[1]);
        return [Shape.Scalar];
    }

    public override void Evaluate<T>(Operands<T> v)
    {
        int classes = v.InShape(0).Channels, correct = 0;
        for (int n = 0; n < v.Items; n++)
        {
            int label = int.CreateTruncating(v.In(1)[n]);
            correct += SoftmaxCrossEntropyOp.Largest(v.In(0).Slice(n * classes, classes)) == label ? 1 : 0;
        }

        v.Out(0)[0] = T.CreateTruncating(correct);
    }
}

public static partial class Ops
{
    /// <summary>Mean cross-entropy of softmax over the batch.</summary>
    /// <param name="logits"><c>[N, classes]</c>.</param>
    /// <param name="labels">Class indices as numbers, <c>[N]</c>.</param>
    /// <param name="file">Filled in by the compiler.</param>
    /// <param name="line">Filled in by the compiler.</param>
    /// <returns>The loss, <c>[]</c>.</returns>
    public static Tensor SoftmaxCrossEntropy(
        Tensor logits, Tensor labels, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
        logits.Graph.Add(new SoftmaxCrossEntropyOp(), [logits, labels], file, line);

    /// <summary>Mean cross-entropy with smoothed labels (Szegedy et al. 2016), as PyTorch's <c>label_smoothing</c>.</summary>
    /// <param name="logits"><c>[N, classes]</c>.</param>
    /// <param name="labels">Class indices as numbers, <c>[N]</c>.</param>
    /// <param name="smoothing">Share e of the target that is spread evenly over all classes, in [0, 1].</param>
    /// <param name="file">Filled in by the compiler.</param>
    /// <param name="line">Filled in by the compiler.</param>
    /// <returns><c>(1 - e) CE(label) + e (mean over the classes of CE)</c>, <c>[]</c>.</returns>
    public static Tensor SoftmaxCrossEntropy(
        Tensor logits, Tensor labels, double smoothing, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
        smoothing is >= 0 and <= 1
            ? logits.Graph.Add(new SoftmaxCrossEntropyOp(smoothing), [logits, labels], file, line)
            : throw new ArgumentOutOfRangeException(nameof(smoothing), smoothing, "The label smoothing lies in [0, 1].");

    /// <summary>Number of items whose largest logit is the label's, <c>[]</c>.</summary>
    public static Tensor CountCorrect(
        Tensor logits, Tensor labels, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
        logits.Graph.Add(new CountCorrectOp(), [logits, labels], file, line);
}
