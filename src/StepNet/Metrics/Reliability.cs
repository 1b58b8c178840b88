namespace StepNet.Metrics;

/// <summary>
/// Whether a classifier is right as often as it says: of items with a confidence near 0.8, 80 % should be classified rightly
/// (Guo et al. 2017, On Calibration of Modern Neural Networks).
/// </summary>
/// <param name="Bins">Bins of equal width, from confidence 0 to 1: what a reliability diagram shows.</param>
/// <param name="ExpectedCalibrationError">
/// Mean over all items of <c>|accuracy - confidence|</c> of their bins, in [0, 1] (eq. 3 there).
/// </param>
public sealed record Reliability(IReadOnlyList<ReliabilityBin> Bins, double ExpectedCalibrationError)
{
    /// <summary>Bins that the paper takes.</summary>
    public const int DefaultBins = 15;

    /// <summary>Sorts items into bins by their confidence, the largest of <c>softmax(z / T)</c>.</summary>
    /// <param name="logits">Items with their labels.</param>
    /// <param name="temperature">T, above 0.</param>
    /// <param name="bins">Number of bins, at least 1.</param>
    public static Reliability Of(LabelledLogits logits, double temperature = 1, int bins = DefaultBins)
    {
        ArgumentNullException.ThrowIfNull(logits);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(temperature);
        ArgumentOutOfRangeException.ThrowIfLessThan(bins, 1);
        int[] items = new int[bins], correct = new int[bins];
        double[] confidence = new double[bins], probabilities = new double[logits.Classes];
        for (int i = 0; i < logits.Count; i++)
        {
            _ = Softmax.Of(logits.Of(i), 1 / temperature, probabilities);
            int predicted = logits.Predicted(i);
            double sure = probabilities[predicted];

            // A bin ends with its upper edge, so that certainty lies in the last.
            int bin = Math.Clamp((int)Math.Ceiling(sure * bins) - 1, 0, bins - 1);
            items[bin]++;
            confidence[bin] += sure;
            correct[bin] += predicted == logits.Labels[i] ? 1 : 0;
        }

        ReliabilityBin[] result = [.. Enumerable.Range(0, bins).Select(b => new ReliabilityBin(
            (double)b / bins, (double)(b + 1) / bins, items[b], confidence[b] / items[b], (double)correct[b] / items[b]))];
        return new Reliability(
            result, result.Where(bin => bin.Items > 0).Sum(bin => bin.Items * Math.Abs(bin.Accuracy - bin.Confidence)) / logits.Count);
    }
}
