namespace StepNet.Metrics;

/// <summary>
/// One number T by which all logits are divided, so that confidences become what they should be; no prediction changes (Guo et al. 2017,
/// section 4.2).
/// </summary>
public static class TemperatureScaling
{
    /// <summary>Least and greatest temperature that is looked for.</summary>
    public const double Least = 0.01, Greatest = 100;

    private const int MaxSteps = 100;
    private const double Tolerance = 1e-10;

    /// <summary>The temperature of the least cross-entropy. Fit it on items held out of training, never on test items.</summary>
    /// <param name="logits">Items with their labels.</param>
    /// <returns>
    /// T in [<see cref="Least"/>, <see cref="Greatest"/>]; an end of that range where the loss falls beyond it, as where all items are
    /// classified rightly.
    /// </returns>
    public static double Fit(LabelledLogits logits)
    {
        ArgumentNullException.ThrowIfNull(logits);

        // In b = 1/T the loss is convex: its slope, mean(E_p[z] - z_label), rises with Var_p(z). Newton's steps, kept between two ends
        // where the slope has different signs.
        double low = 1 / Greatest, high = 1 / Least, b = 1;
        if (Slope(logits, low).Slope >= 0)
        {
            return Greatest;
        }

        if (Slope(logits, high).Slope <= 0)
        {
            return Least;
        }

        for (int step = 0; step < MaxSteps && high - low > Tolerance * low; step++)
        {
            (double slope, double curvature) = Slope(logits, b);
            (low, high) = slope < 0 ? (b, high) : (low, b);
            double next = b - (slope / curvature);
            if (Math.Abs(next - b) <= Tolerance * b)
            {
                break;
            }

            b = next > low && next < high ? next : Math.Sqrt(low * high);
        }

        return 1 / b;
    }

    private static (double Slope, double Curvature) Slope(LabelledLogits logits, double b)
    {
        double[] p = new double[logits.Classes];
        double slope = 0, curvature = 0;
        for (int i = 0; i < logits.Count; i++)
        {
            ReadOnlySpan<float> z = logits.Of(i);
            _ = Softmax.Of(z, b, p);
            double mean = 0, variance = 0;
            for (int c = 0; c < p.Length; c++)
            {
                mean += p[c] * z[c];
            }

            for (int c = 0; c < p.Length; c++)
            {
                variance += p[c] * (z[c] - mean) * (z[c] - mean);
            }

            slope += mean - z[logits.Labels[i]];
            curvature += variance;
        }

        return (slope / logits.Count, curvature / logits.Count);
    }
}
