namespace StepNet.Inference;

/// <summary>What a classifier says of one item.</summary>
public sealed class Prediction
{
    private readonly IReadOnlyList<string> _classes;

    internal Prediction(IReadOnlyList<string> classes, ReadOnlySpan<float> logits, double temperature)
    {
        _classes = classes;
        Logits = logits.ToArray();
        Probabilities = Softmax(logits, temperature);
    }

    /// <summary>The network's outputs, one a class, before the softmax.</summary>
    public IReadOnlyList<float> Logits { get; }

    /// <summary>Softmax of the logits, one a class; they sum to 1.</summary>
    public IReadOnlyList<double> Probabilities { get; }

    /// <summary>The most probable class; of equal ones the first.</summary>
    public ClassProbability Best => Top(1)[0];

    /// <summary>The most probable classes, the best first; of equal ones the first of the list.</summary>
    /// <param name="k">How many, at least 1; all classes where there are fewer.</param>
    public IReadOnlyList<ClassProbability> Top(int k)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(k);
        int[] order = [.. Enumerable.Range(0, Probabilities.Count)];
        if (k == 1)
        {
            return [Of(order.MaxBy(i => Logits[i]))];
        }

        // By logits: of two that differ by less than a probability's last bit the larger still comes first.
        return [.. order.OrderByDescending(i => Logits[i]).Take(k).Select(Of)];
    }

    /// <summary>The most probable class: <c>cat 0.93</c>.</summary>
    public override string ToString() => FormattableString.Invariant($"{Best.Name} {Best.Probability:g3}");

    private ClassProbability Of(int i) => new(i, _classes[i], Probabilities[i]);

    private static double[] Softmax(ReadOnlySpan<float> logits, double temperature)
    {
        double[] probabilities = new double[logits.Length];
        double largest = double.NegativeInfinity, sum = 0;
        foreach (float logit in logits)
        {
            largest = Math.Max(largest, logit);
        }

        // Less the largest, so that no exponential overflows.
        for (int i = 0; i < logits.Length; i++)
        {
            sum += probabilities[i] = Math.Exp((logits[i] - largest) / temperature);
        }

        for (int i = 0; i < logits.Length; i++)
        {
            probabilities[i] /= sum;
        }

        return probabilities;
    }
}
