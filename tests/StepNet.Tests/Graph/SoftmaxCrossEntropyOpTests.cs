using StepNet.Graph;
using StepNet.Nn;
using StepNet.Passes;

namespace StepNet.Tests.Graph;

public sealed class SoftmaxCrossEntropyOpTests
{
    private static readonly Shape Logits = Shape.Batch(2);
    private static readonly Shape Labels = Shape.Batch();

    [Fact]
    public void Values_TwoItems_AreTheMeanOfMinusLogProbability()
    {
        // Probabilities of the labels: 3 / 4, then 1 / 2.
        double[] y = Compute.One(
            t => Ops.SoftmaxCrossEntropy(t[0], t[1]), 2, (Logits, [Math.Log(3), 0, 5, 5]), (Labels, [0, 1]));

        Compute.AssertClose([-(Math.Log(0.75) + Math.Log(0.5)) / 2], y);
    }

    [Fact]
    public void Values_HugeLogits_DoNotOverflow() => Assert.Equal(
        [1000], Compute.One(t => Ops.SoftmaxCrossEntropy(t[0], t[1]), 1, (Logits, [1000, 0]), (Labels, [1])));

    [Fact]
    public void Gradient_TwoItems_IsSoftmaxMinusOneHotOverN()
    {
        double[] y = Compute.One(
            t => Differentiate.Loss(Ops.SoftmaxCrossEntropy(t[0], t[1]), t[0])[0]!, 2,
            (Logits, [Math.Log(3), 0, 5, 5]), (Labels, [0, 1]));

        Compute.AssertClose([-0.125, 0.125, 0.25, -0.25], y);
    }

    [Fact]
    public void Values_Smoothed_MixTheLabelWithTheMeanOfAllClasses()
    {
        // Probabilities 3/4 and 1/4, label 0, e = 0.2: 0.8 CE(0) + 0.2 (CE(0) + CE(1)) / 2 = 0.9 CE(0) + 0.1 CE(1).
        double[] y = Compute.One(
            t => Ops.SoftmaxCrossEntropy(t[0], t[1], 0.2), 1, (Logits, [Math.Log(3), 0]), (Labels, [0]));

        Compute.AssertClose([-(0.9 * Math.Log(0.75)) - (0.1 * Math.Log(0.25))], y);
    }

    [Fact]
    public void Gradient_Smoothed_IsSoftmaxMinusTheMixedTarget()
    {
        double[] y = Compute.One(
            t => Differentiate.Loss(Ops.SoftmaxCrossEntropy(t[0], t[1], 0.2), t[0])[0]!, 1,
            (Logits, [Math.Log(3), 0]), (Labels, [0]));

        Compute.AssertClose([0.75 - 0.9, 0.25 - 0.1], y);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(0.1)]
    [InlineData(1)]
    public void Gradient_AnySmoothing_MatchesDifferences(double smoothing) => GradientCheck.Function(
        t => Ops.SoftmaxCrossEntropy(t[0], t[1], smoothing),
        [Shape.Batch(3), Labels],
        prepare: (i, values) =>
        {
            if (i == 1)
            {
                (values[0], values[1], values[2]) = (0.5, 2.5, 1.5);
            }
        });

    [Fact]
    public void Values_SmoothingZero_AreTheBitsOfNone()
    {
        double[] logits = Compute.Uniform(20, seed: 3), labels = [1, 0, 1, 1, 0, 0, 1, 0, 1, 1];
        foreach (Func<Tensor, Tensor, Tensor> read in new Func<Tensor, Tensor, Tensor>[] { (loss, _) => loss, (loss, x) => Differentiate.Loss(loss, x)[0]! })
        {
            Assert.Equal(
                Compute.One(t => read(Ops.SoftmaxCrossEntropy(t[0], t[1]), t[0]), 10, (Logits, logits), (Labels, labels)),
                Compute.One(t => read(Ops.SoftmaxCrossEntropy(t[0], t[1], 0), t[0]), 10, (Logits, logits), (Labels, labels)));
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(0.1)]
    public void Probabilities_ThreeClasses_GiveTheMeanOverTheLabels(double smoothing)
    {
        // Both loss and gradient are linear in the label's probabilities.
        Shape three = Shape.Batch(3);
        double[] logits = [0.3, -1.2, 2], p = [0.5, 0.2, 0.3];
        foreach (Func<Tensor, Tensor, Tensor> read in new Func<Tensor, Tensor, Tensor>[] { (loss, _) => loss, (loss, x) => Differentiate.Loss(loss, x)[0]! })
        {
            double[][] byLabel = [.. Enumerable.Range(0, 3).Select(k => Compute.One(
                t => read(Ops.SoftmaxCrossEntropy(t[0], t[1], smoothing), t[0]), 1, (three, logits), (Labels, [k])))];
            double[] mean = [.. byLabel[0].Select((_, i) => (p[0] * byLabel[0][i]) + (p[1] * byLabel[1][i]) + (p[2] * byLabel[2][i]))];

            Compute.AssertClose(mean, Compute.One(
                t => read(Ops.SoftmaxCrossEntropy(t[0], t[1], smoothing), t[0]), 1, (three, logits), (three, p)));
        }
    }

    [Fact]
    public void Values_ProbabilitiesOfTwoClasses_AreMinusTheMeanLogProbability()
    {
        // Probabilities 3/4 and 1/4, label 0 to 70 %.
        double[] y = Compute.One(
            t => Ops.SoftmaxCrossEntropy(t[0], t[1]), 1, (Logits, [Math.Log(3), 0]), (Logits, [0.7, 0.3]));

        Compute.AssertClose([-(0.7 * Math.Log(0.75)) - (0.3 * Math.Log(0.25))], y);
    }

    [Fact]
    public void Values_ImpossibleClassOfInfiniteLoss_IsLeftOut() => Assert.Equal([0], Compute.One(
        t => Ops.SoftmaxCrossEntropy(t[0], t[1]), 1, (Logits, [0, double.NegativeInfinity]), (Logits, [1, 0])));

    [Fact]
    public void CountCorrect_Probabilities_CountsTheLargest() => Assert.Equal(
        [1],
        Compute.One(t => Ops.CountCorrect(t[0], t[1]), 2, (Logits, [1, 0, 1, 0]), (Logits, [0.6, 0.4, 0.3, 0.7])));

    [Theory]
    [InlineData(-0.1)]
    [InlineData(1.1)]
    [InlineData(double.NaN)]
    public void Call_SmoothingOutOfRange_SaysTheRange(double smoothing)
    {
        ArgumentOutOfRangeException e = Assert.Throws<ArgumentOutOfRangeException>(
            () => Compute.Trace(t => Ops.SoftmaxCrossEntropy(t[0], t[1], smoothing), Logits, Labels));

        Assert.Contains("label smoothing lies in [0, 1]", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Gradient_ThreeClasses_MatchesDifferences()
    {
        // Labels are fixed: their derivative is zero by rule, as by difference where the index is cut off.
        GradientCheck.Function(
            t => Ops.SoftmaxCrossEntropy(t[0], t[1]),
            [Shape.Batch(3), Labels],
            prepare: (i, values) =>
            {
                if (i == 1)
                {
                    (values[0], values[1], values[2]) = (0.5, 2.5, 1.5);
                }
            });
    }

    [Fact]
    public void CountCorrect_TieAndMiss_CountsTheFirstOfEquals() => Assert.Equal(
        [2],
        Compute.One(
            t => Ops.CountCorrect(t[0], t[1]), 4, (Logits, [1, 1, 1, 1, 0, 2, 2, 0]), (Labels, [0, 1, 1, 1])));

    [Fact]
    public void Shape_LabelsOfOtherClasses_SaysBoth()
    {
        ShapeMismatchException e = Assert.Throws<ShapeMismatchException>(
            () => Compute.Trace(t => Ops.SoftmaxCrossEntropy(t[0], t[1]), Shape.Batch(3), Shape.Batch(2)));

        Assert.Contains("got logits [N, 3] and labels [N, 2], needs [N, classes] and [N], or twice [N, classes]", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void CountCorrect_LabelsOfOtherClasses_SaysBoth()
    {
        ShapeMismatchException e = Assert.Throws<ShapeMismatchException>(
            () => Compute.Trace(t => Ops.CountCorrect(t[0], t[1]), Shape.Batch(1), Shape.Batch(1)));

        Assert.Contains("CountCorrect: got logits [N, 1] and labels [N, 1]", e.Message, StringComparison.Ordinal);
    }
}
