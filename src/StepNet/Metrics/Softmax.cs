namespace StepNet.Metrics;

/// <summary>Logits to probabilities, in double.</summary>
internal static class Softmax
{
    /// <summary><c>p = exp(z / T) / sum exp(z / T)</c>; less the largest logit first, so that no exponential overflows.</summary>
    /// <param name="logits">Of one item.</param>
    /// <param name="inverseTemperature">1 / T, at least 0.</param>
    /// <param name="probabilities">Receives as many.</param>
    /// <returns>Natural logarithm of the sum, the largest logit included: <c>log sum exp(z / T)</c>.</returns>
    internal static double Of(ReadOnlySpan<float> logits, double inverseTemperature, Span<double> probabilities)
    {
        double largest = double.NegativeInfinity, sum = 0;
        foreach (float logit in logits)
        {
            largest = Math.Max(largest, logit);
        }

        for (int i = 0; i < logits.Length; i++)
        {
            sum += probabilities[i] = Math.Exp(inverseTemperature * (logits[i] - largest));
        }

        for (int i = 0; i < logits.Length; i++)
        {
            probabilities[i] /= sum;
        }

        return (inverseTemperature * largest) + Math.Log(sum);
    }
}
