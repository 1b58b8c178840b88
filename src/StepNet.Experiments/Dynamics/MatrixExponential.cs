namespace StepNet.Experiments.Dynamics;

/// <summary><c>exp(A)</c> of a small square matrix.</summary>
internal static class MatrixExponential
{
    // 0.5^19 / 19! is below a double's rounding, so the series ends there.
    private const int Terms = 18;

    /// <summary>
    /// Scaling and squaring: <c>exp(A) = exp(A / 2^k)^(2^k)</c> with the series at a norm of a half or less (Moler and Van Loan 2003, method 3).
    /// </summary>
    internal static double[,] Of(double[,] a)
    {
        int n = a.GetLength(0);
        double norm = Enumerable.Range(0, n).Max(i => Enumerable.Range(0, n).Sum(j => Math.Abs(a[i, j])));
        int halvings = norm > 0.5 && double.IsFinite(norm) ? (int)Math.Ceiling(Math.Log2(norm / 0.5)) : 0;
        double[,] scaled = new double[n, n], sum = new double[n, n], term = new double[n, n];
        for (int i = 0; i < n; i++)
        {
            sum[i, i] = term[i, i] = 1;
            for (int j = 0; j < n; j++)
            {
                scaled[i, j] = Math.ScaleB(a[i, j], -halvings);
            }
        }

        for (int k = 1; k <= Terms; k++)
        {
            term = Product(term, scaled, 1.0 / k);
            for (int i = 0; i < n; i++)
            {
                for (int j = 0; j < n; j++)
                {
                    sum[i, j] += term[i, j];
                }
            }
        }

        for (int k = 0; k < halvings; k++)
        {
            sum = Product(sum, sum, 1);
        }

        return sum;
    }

    private static double[,] Product(double[,] a, double[,] b, double factor)
    {
        int n = a.GetLength(0);
        double[,] product = new double[n, n];
        for (int i = 0; i < n; i++)
        {
            for (int j = 0; j < n; j++)
            {
                double total = 0;
                for (int k = 0; k < n; k++)
                {
                    total += a[i, k] * b[k, j];
                }

                product[i, j] = factor * total;
            }
        }

        return product;
    }
}
