namespace StepNet.Metrics;

/// <summary>What a classifier said of items whose classes are known.</summary>
public sealed class LabelledLogits
{
    private readonly float[] _logits;
    private readonly int[] _labels;

    /// <param name="logits"><c>[N, classes]</c>, row-major; kept, not copied.</param>
    /// <param name="labels">Class of each item, in [0, classes); one or more; kept, not copied.</param>
    /// <param name="classes">Number of classes, at least 2.</param>
    /// <exception cref="ArgumentException">The numbers do not fit each other, or a label has no class.</exception>
    public LabelledLogits(float[] logits, int[] labels, int classes)
    {
        ArgumentNullException.ThrowIfNull(logits);
        ArgumentNullException.ThrowIfNull(labels);
        ArgumentOutOfRangeException.ThrowIfLessThan(classes, 2);
        if (labels.Length == 0 || logits.Length != (long)labels.Length * classes)
        {
            throw new ArgumentException($"{logits.Length} logits for {labels.Length} labels of {classes} classes; give one a class for each item.", nameof(logits));
        }

        int stray = Array.FindIndex(labels, label => (uint)label >= (uint)classes);
        if (stray >= 0)
        {
            throw new ArgumentException($"Item {stray} has label {labels[stray]}; classes lie in [0, {classes}).", nameof(labels));
        }

        (_logits, _labels, Classes) = (logits, labels, classes);
    }

    /// <summary>Number of items.</summary>
    public int Count => _labels.Length;

    /// <summary>Number of classes.</summary>
    public int Classes { get; }

    /// <summary>Class of each item.</summary>
    public ReadOnlySpan<int> Labels => _labels;

    /// <summary>Logits of one item, one a class.</summary>
    public ReadOnlySpan<float> Of(int item) => _logits.AsSpan(item * Classes, Classes);

    /// <summary>The class of the largest logit of one item; of equal ones the first.</summary>
    public int Predicted(int item)
    {
        ReadOnlySpan<float> logits = Of(item);
        int best = 0;
        for (int c = 1; c < logits.Length; c++)
        {
            best = logits[c] > logits[best] ? c : best;
        }

        return best;
    }

    /// <summary>Which classes are taken for which.</summary>
    public ConfusionMatrix Confusion() => ConfusionMatrix.Of(_labels, [.. Enumerable.Range(0, Count).Select(Predicted)], Classes);

    /// <summary>Mean of <c>-log p(label)</c>, the cross-entropy, with <c>p = softmax(z / T)</c>.</summary>
    /// <param name="temperature">T, above 0.</param>
    public double Loss(double temperature = 1)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(temperature);
        double[] probabilities = new double[Classes];
        double sum = 0;
        for (int i = 0; i < Count; i++)
        {
            ReadOnlySpan<float> logits = Of(i);
            sum += Softmax.Of(logits, 1 / temperature, probabilities) - (logits[_labels[i]] / temperature);
        }

        return sum / Count;
    }
}
