namespace StepNet.Metrics;

/// <summary>How many items of each class were taken for each.</summary>
public sealed class ConfusionMatrix
{
    private readonly int[,] _counts;

    private ConfusionMatrix(int[,] counts) => _counts = counts;

    /// <summary>Number of classes.</summary>
    public int Classes => _counts.GetLength(0);

    /// <summary>Number of items.</summary>
    public int Items { get; private init; }

    /// <summary>Items of the class <paramref name="label"/> that were taken for <paramref name="predicted"/>.</summary>
    public int this[int label, int predicted] => _counts[label, predicted];

    /// <summary>Items classified rightly.</summary>
    public int Correct => Enumerable.Range(0, Classes).Sum(c => _counts[c, c]);

    /// <summary>Share of items classified rightly, in [0, 1].</summary>
    public double Accuracy => (double)Correct / Items;

    /// <summary>Mean of the precision over all classes that have items; one that nothing was taken for counts 0.</summary>
    public double MacroPrecision => Macro(scores => scores.Precision);

    /// <summary>Mean of the recall over all classes that have items: the accuracy were all classes as frequent.</summary>
    public double MacroRecall => Macro(scores => scores.Recall);

    /// <summary>Mean of F1 over all classes that have items.</summary>
    public double MacroF1 => Macro(scores => scores.F1);

    /// <summary>Counts items.</summary>
    /// <param name="labels">Class of each item, in [0, <paramref name="classes"/>); one or more.</param>
    /// <param name="predictions">What each was taken for, likewise.</param>
    /// <param name="classes">Number of classes.</param>
    /// <exception cref="ArgumentException">There is no item, the lengths differ, or a class is none.</exception>
    public static ConfusionMatrix Of(ReadOnlySpan<int> labels, ReadOnlySpan<int> predictions, int classes)
    {
        if (labels.IsEmpty || labels.Length != predictions.Length)
        {
            throw new ArgumentException($"{labels.Length} labels and {predictions.Length} predictions; give as many of each, one or more.", nameof(predictions));
        }

        int[,] counts = new int[classes, classes];
        for (int i = 0; i < labels.Length; i++)
        {
            if ((uint)labels[i] >= (uint)classes || (uint)predictions[i] >= (uint)classes)
            {
                throw new ArgumentException($"Item {i} has label {labels[i]} and prediction {predictions[i]}; classes lie in [0, {classes}).", nameof(labels));
            }

            counts[labels[i], predictions[i]]++;
        }

        return new ConfusionMatrix(counts) { Items = labels.Length };
    }

    /// <summary>How well one class is told from the others.</summary>
    public ClassScores Scores(int label)
    {
        int items = 0, predicted = 0;
        for (int c = 0; c < Classes; c++)
        {
            items += _counts[label, c];
            predicted += _counts[c, label];
        }

        return new ClassScores(items, predicted, _counts[label, label]);
    }

    private double Macro(Func<ClassScores, double> score) => Enumerable.Range(0, Classes).Select(Scores).Where(scores => scores.Items > 0)
        .Average(scores => double.IsNaN(score(scores)) ? 0 : score(scores));
}
