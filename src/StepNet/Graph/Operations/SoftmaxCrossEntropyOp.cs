using System.Globalization;
using System.Numerics;
using System.Runtime.CompilerServices;

namespace StepNet.Graph;

/// <summary>
/// Mean over the batch of <c>log(sum of exp(logits)) - logits[label]</c>, with the maximum taken out. With smoothing e,
/// <c>(1 - e) logits[label] + e mean(logits)</c> takes the place of the label's logit. Labels given as probabilities p stand for
/// the mean of that loss over classes drawn from p.
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
            sum += ItemLoss(v.In(0).Slice(n * classes, classes), Label(v, n), Smoothing);
        }

        v.Out(0)[0] = sum / T.CreateTruncating(v.N);
    }

    public override string ToString() =>
        Smoothing == 0 ? Name : string.Create(CultureInfo.InvariantCulture, $"{Name} smoothing {Smoothing}");

    /// <summary>What stands for item n's class: one number, its index, or one for each class, their probabilities.</summary>
    internal static ReadOnlySpan<T> Label<T>(Operands<T> v, int n)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        int count = v.InShape(1).ItemCount;
        return v.In(1).Slice(n * count, count);
    }

    /// <summary>The class of an item: its label's index, or the most probable, the first of equals.</summary>
    internal static int ClassOf<T>(ReadOnlySpan<T> label)
        where T : unmanaged, IFloatingPointIeee754<T> => label.Length == 1 ? int.CreateTruncating(label[0]) : Largest(label);

    /// <summary>Loss of one item whose label is an index or probabilities.</summary>
    internal static T ItemLoss<T>(ReadOnlySpan<T> logits, ReadOnlySpan<T> label, double smoothing)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        if (label.Length == 1)
        {
            return ItemLoss(logits, ClassOf(label), smoothing);
        }

        T logSum = LogSum(logits), loss = T.Zero;
        T keep = T.CreateTruncating(1 - smoothing), everywhere = T.CreateTruncating(smoothing / logits.Length);
        for (int i = 0; i < logits.Length; i++)
        {
            // A class that is ruled out is left out: times zero, an infinite logit would spoil the sum.
            T target = (keep * label[i]) + everywhere;
            loss += target == T.Zero ? T.Zero : target * (logSum - logits[i]);
        }

        return loss;
    }

    /// <summary>Loss of one item.</summary>
    internal static T ItemLoss<T>(ReadOnlySpan<T> logits, int label, double smoothing = 0)
        where T : unmanaged, IFloatingPointIeee754<T> => LogSum(logits) - Target(logits, label, smoothing);

    /// <summary>
    /// Gradient of one item's loss: <c>scale (softmax(logits) - (1 - e) p - e / classes)</c>, p the label's probabilities or 1 at its
    /// index.
    /// </summary>
    internal static void ItemGradient<T>(
        ReadOnlySpan<T> logits, ReadOnlySpan<T> label, double smoothing, T scale, Span<T> gradient)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        T max = Max(logits), sum = T.Zero;
        for (int i = 0; i < logits.Length; i++)
        {
            gradient[i] = T.Exp(logits[i] - max);
            sum += gradient[i];
        }

        // Without smoothing these are exactly 1 and 0.
        T keep = T.CreateTruncating(1 - smoothing), everywhere = T.CreateTruncating(smoothing / logits.Length);
        int index = label.Length == 1 ? ClassOf(label) : -1;
        for (int i = 0; i < logits.Length; i++)
        {
            T probability = i == index ? T.One : index >= 0 ? T.Zero : label[i];
            gradient[i] = scale * ((gradient[i] / sum) - ((keep * probability) + everywhere));
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

    // log(sum of exp(logits)), the maximum taken out.
    private static T LogSum<T>(ReadOnlySpan<T> logits)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        T max = Max(logits), sum = T.Zero;
        foreach (T logit in logits)
        {
            sum += T.Exp(logit - max);
        }

        return T.Log(sum) + max;
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
                SoftmaxCrossEntropyOp.Label(v, n),
                Smoothing,
                scale,
                v.Out(0).Slice(n * classes, classes));
        }
    }
}

/// <summary>Number of items whose largest logit is the label's; of probabilities the largest is the label.</summary>
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
            int label = SoftmaxCrossEntropyOp.ClassOf(SoftmaxCrossEntropyOp.Label(v, n));
            correct += SoftmaxCrossEntropyOp.Largest(v.In(0).Slice(n * classes, classes)) == label ? 1 : 0;
        }

        v.Out(0)[0] = T.CreateTruncating(correct);
    }
}

public static partial class Ops
{
    /// <summary>Mean cross-entropy of softmax over the batch.</summary>
    /// <param name="logits"><c>[N, classes]</c>.</param>
    /// <param name="labels">Class indices as numbers, <c>[N]</c>, or probabilities, <c>[N, classes]</c>, that get no gradient.</param>
    /// <param name="file">Filled in by the compiler.</param>
    /// <param name="line">Filled in by the compiler.</param>
    /// <returns>The loss, <c>[]</c>.</returns>
    public static Tensor SoftmaxCrossEntropy(
        Tensor logits, Tensor labels, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
        logits.Graph.Add(new SoftmaxCrossEntropyOp(), [logits, labels], file, line);

    /// <summary>Mean cross-entropy with smoothed labels (Szegedy et al. 2016), as PyTorch's <c>label_smoothing</c>.</summary>
    /// <param name="logits"><c>[N, classes]</c>.</param>
    /// <param name="labels">Class indices as numbers, <c>[N]</c>, or probabilities, <c>[N, classes]</c>, that get no gradient.</param>
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
