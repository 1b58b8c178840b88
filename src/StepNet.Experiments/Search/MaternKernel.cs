namespace StepNet.Experiments.Search;

/// <summary>
/// Matern covariance of smoothness 5/2: <c>k(r) = v (1 + a + a^2 / 3) exp(-a)</c> with <c>a = sqrt(5) r</c>, r the distance with
/// each axis in units of its length: curves that can be differentiated twice, less stiff than the Gaussian kernel's (Snoek et al.
/// 2012).
/// </summary>
/// <param name="Lengths">For each axis the distance over which the curve changes, above 0.</param>
/// <param name="Variance">Variance v of the curve, above 0.</param>
/// <param name="Noise">Variance of an observation around the curve, at least 0.</param>
public sealed record MaternKernel(IReadOnlyList<double> Lengths, double Variance, double Noise)
{
    /// <summary>Covariance of the curve at two points.</summary>
    public double Covariance(double[] a, double[] b)
    {
        ArgumentNullException.ThrowIfNull(a);
        ArgumentNullException.ThrowIfNull(b);
        double squared = 0;
        for (int i = 0; i < a.Length; i++)
        {
            double distance = (a[i] - b[i]) / Lengths[i];
            squared += distance * distance;
        }

        double scaled = Math.Sqrt(5 * squared);
        return Variance * (1 + scaled + (scaled * scaled / 3)) * Math.Exp(-scaled);
    }

    /// <summary>Covariance of all observations.</summary>
    internal double[,] Matrix(double[][] points)
    {
        double[,] matrix = new double[points.Length, points.Length];
        for (int i = 0; i < points.Length; i++)
        {
            for (int j = 0; j <= i; j++)
            {
                matrix[i, j] = matrix[j, i] = Covariance(points[i], points[j]);
            }

            matrix[i, i] += Noise;
        }

        return matrix;
    }

    /// <summary>Each parameter once larger and once smaller, within sensible bounds for points in the unit cube.</summary>
    internal IEnumerable<MaternKernel> Neighbours(double factor, double spread)
    {
        foreach (double f in (double[])[factor, 1 / factor])
        {
            for (int axis = 0; axis < Lengths.Count; axis++)
            {
                yield return this with { Lengths = [.. Lengths.Select((length, k) => k == axis ? Math.Clamp(length * f, 0.02, 10) : length)] };
            }

            yield return this with { Variance = Math.Clamp(Variance * f, 1e-2 * spread, 1e2 * spread) };
            yield return this with { Noise = Math.Clamp(Noise * f, 1e-6 * spread, spread) };
        }
    }
}
