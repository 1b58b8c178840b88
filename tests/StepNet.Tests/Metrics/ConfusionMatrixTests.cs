using StepNet.Metrics;

namespace StepNet.Tests.Metrics;

public sealed class ConfusionMatrixTests
{
    // Of three classes: 5 items of class 0, 3 of class 1, 2 of class 2; class 2 is never predicted.
    private static readonly ConfusionMatrix s_matrix = ConfusionMatrix.Of([0, 0, 0, 0, 0, 1, 1, 1, 2, 2], [0, 0, 0, 1, 1, 1, 1, 0, 0, 1], 3);

    [Fact]
    public void Of_Items_AreCountedByLabelAndPrediction()
    {
        int[][] expected = [[3, 2, 0], [1, 2, 0], [1, 1, 0]];

        Assert.Equal(expected, Enumerable.Range(0, 3).Select(i => Enumerable.Range(0, 3).Select(j => s_matrix[i, j]).ToArray()));
        Assert.Equal((10, 5, 0.5), (s_matrix.Items, s_matrix.Correct, s_matrix.Accuracy));
    }

    // Precision 3/5 and 2/5, recall 3/5 and 2/3, F1 2*3/(5+5) and 2*2/(3+5); nothing is taken for class 2.
    [Fact]
    public void Scores_EachClass_AreAsByHand()
    {
        Assert.Equal(new ClassScores(5, 5, 3), s_matrix.Scores(0));
        Assert.Equal(new ClassScores(3, 5, 2), s_matrix.Scores(1));
        Assert.Equal((0.6, 0.6, 0.6), (s_matrix.Scores(0).Precision, s_matrix.Scores(0).Recall, s_matrix.Scores(0).F1));
        Assert.Equal((0.4, 2.0 / 3, 0.5), (s_matrix.Scores(1).Precision, s_matrix.Scores(1).Recall, s_matrix.Scores(1).F1));
        Assert.Equal((double.NaN, 0.0, 0.0), (s_matrix.Scores(2).Precision, s_matrix.Scores(2).Recall, s_matrix.Scores(2).F1));
    }

    [Fact]
    public void Macro_UndefinedPrecision_CountsZero()
    {
        Assert.Equal(1.0 / 3, s_matrix.MacroPrecision, 1e-15);
        Assert.Equal((0.6 + (2.0 / 3)) / 3, s_matrix.MacroRecall, 1e-15);
        Assert.Equal(1.1 / 3, s_matrix.MacroF1, 1e-15);
    }

    [Fact]
    public void Macro_ClassWithoutItems_IsLeftOut()
    {
        ConfusionMatrix matrix = ConfusionMatrix.Of([0, 0, 1, 1], [0, 2, 1, 1], 3);

        Assert.Equal((1.0, 0.75, (2.0 / 3 + 1) / 2), (matrix.MacroPrecision, matrix.MacroRecall, matrix.MacroF1));
        Assert.Equal((0.0, double.NaN, 0.0), (matrix.Scores(2).Precision, matrix.Scores(2).Recall, matrix.Scores(2).F1));
    }

    [Fact]
    public void Of_WrongNumbers_SaysWhich()
    {
        Assert.StartsWith("2 labels and 1 predictions;", Assert.Throws<ArgumentException>(() => ConfusionMatrix.Of([0, 1], [0], 2)).Message, StringComparison.Ordinal);
        Assert.StartsWith(
            "Item 1 has label 1 and prediction 2; classes lie in [0, 2).",
            Assert.Throws<ArgumentException>(() => ConfusionMatrix.Of([0, 1], [0, 2], 2)).Message, StringComparison.Ordinal);
    }
}
