namespace StepNet.Experiments.Dynamics;

/// <summary>The plane through the mean of some points in which they spread most: their first two principal components.</summary>
internal sealed class PrincipalPlane
{
    private const int Iterations = 500;

    private readonly double[] _mean;
    private readonly double[] _first;
    private readonly double[] _second;

    private PrincipalPlane(double[] mean, double[] first, double[] second) => (_mean, _first, _second) = (mean, first, second);

    /// <summary>By power iteration on the covariance, the second direction kept at right angles to the first.</summary>
    /// <param name="points">At least one, of equal length. What is not finite gives a plane that is not finite.</param>
    internal static PrincipalPlane Of(IReadOnlyList<double[]> points)
    {
        int size = points[0].Length;
        double[] mean = [.. Enumerable.Range(0, size).Select(d => points.Average(point => point[d]))];
        double[,] covariance = new double[size, size];
        foreach (double[] point in points)
        {
            for (int i = 0; i < size; i++)
            {
                for (int j = 0; j < size; j++)
                {
                    covariance[i, j] += (point[i] - mean[i]) * (point[j] - mean[j]);
                }
            }
        }

        double[] first = Direction(covariance, []);
        return new PrincipalPlane(mean, first, Direction(covariance, first));
    }

    /// <summary>A point's place in the plane; the mean is at 0.</summary>
    internal (double X, double Y) Project(double[] point)
    {
        double x = 0, y = 0;
        for (int d = 0; d < _mean.Length; d++)
        {
            x += (point[d] - _mean[d]) * _first[d];
            y += (point[d] - _mean[d]) * _second[d];
        }

        return (x, y);
    }

    private static double[] Direction(double[,] covariance, double[] other)
    {
        int size = covariance.GetLength(0);

        // A start that no symmetry of the data is likely to be blind to, and the same each time.
        double[] v = [.. Enumerable.Range(0, size).Select(d => 1 + (0.1 * ((d * 7919 % 101) - 50) / 50))];
        for (int iteration = 0; iteration < Iterations; iteration++)
        {
            double[] w = new double[size];
            for (int i = 0; i < size; i++)
            {
                for (int j = 0; j < size; j++)
                {
                    w[i] += covariance[i, j] * v[j];
                }
            }

            double along = other.Length == 0 ? 0 : w.Zip(other, (a, b) => a * b).Sum();
            for (int i = 0; i < other.Length; i++)
            {
                w[i] -= along * other[i];
            }

            double norm = Math.Sqrt(w.Sum(value => value * value));
            if (norm == 0)
            {
                return new double[size];
            }

            v = [.. w.Select(value => value / norm)];
        }

        // Of the two directions along a line, the one whose largest part is positive.
        return v.MaxBy(Math.Abs) < 0 ? [.. v.Select(value => -value)] : v;
    }
}
