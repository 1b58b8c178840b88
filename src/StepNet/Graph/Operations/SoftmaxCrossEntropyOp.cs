using System.Numerics;
using System.Runtime.CompilerServices;

namespace StepNet.Graph;

/// <summary>Mean over the batch of <c>log(sum of exp(logits)) - logits[label]</c>, with the maximum taken out.</summary>
internal sealed class SoftmaxCrossEntropyOp : Operation
{
    public override Locality Locality => Locality.Reduction;

    public override Shape[] InferShapes(ReadOnlySpan<Shape> inputs)
    {
        Require.LogitsAndLabels(Name, inputs[0], inputs[1]);
        return [Shape.Scalar];
    }

    public override Tensor?[] Gradient(Node node, Tensor?[] outputGradients) =>
        [node.Graph.Add(new SoftmaxCrossEntropyBackwardOp(), [node.Inputs[0], node.Inputs[1], outputGradients[0]!]), null];

    public override void Evaluate<T>(Operands<T> v)
    {
        int classes = v.InShape(0).Channels;
        T sum = T.Zero;
        for (int n = 0; n < v.Items; n++)
        {
            sum += ItemLoss(v.In(0).Slice(n * classes, classes), int.CreateTruncating(v.In(1)[n]));
        }

        v.Out(0)[0] = sum / T.CreateTruncating(v.N);
    }

    /// <summary>Loss of one item.</summary>
    internal static T ItemLoss<T>(ReadOnlySpan<T> logits, int label)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        T max = Max(logits), sum = T.Zero;
        foreach (T logit in logits)
        {
            sum += T.Exp(logit - max);
        }

        return T.Log(sum) + max - logits[label];
    }

    /// <summary>Gradient of one item's loss: <c>scale (softmax(logits) - onehot(label))</c>.</summary>
    internal static void ItemGradient<T>(ReadOnlySpan<T> logits, int label, T scale, Span<T> gradient)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        T max = Max(logits), sum = T.Zero;
        for (int i = 0; i < logits.Length; i++)
        {
            gradient[i] = T.Exp(logits[i] - max);
            sum += gradient[i];
        }

        for (int i = 0; i < logits.Length; i++)
        {
            gradient[i] = scale * ((gradient[i] / sum) - (i == label ? T.One : T.Zero));
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

/// <summary><c>dlogits = dloss (softmax(logits) - onehot(label)) / N</c>.</summary>
internal sealed class SoftmaxCrossEntropyBackwardOp : BackwardOp
{
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

    /// <summary>Number of items whose largest logit is the label's, <c>[]</c>.</summary>
    public static Tensor CountCorrect(
        Tensor logits, Tensor labels, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
        logits.Graph.Add(new CountCorrectOp(), [logits, labels], file, line);
}
