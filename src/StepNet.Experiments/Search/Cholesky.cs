namespace StepNet.Experiments.Search;

/// <summary>The lower triangular factor L of a symmetric positive definite matrix <c>A = L L^T</c>, for solving and determinants.</summary>
internal sealed class Cholesky
{
    private readonly double[,] _lower;

    private Cholesky(double[,] lower) => _lower = lower;

    private int Size => _lower.GetLength(0);

    /// <summary>Factors a matrix; null where it is not positive definite.</summary>
    internal static Cholesky? Of(double[,] matrix)
    {
        int n = matrix.GetLength(0);
        double[,] lower = new double[n, n];
        for (int i = 0; i < n; i++)
        {
            for (int j = 0; j <= i; j++)
            {
                double sum = matrix[i, j];
                for (int k = 0; k < j; k++)
                {
                    sum -= lower[i, k] * lower[j, k];
                }

                if (i == j && !(sum > 0))
                {
                    return null;
                }

                lower[i, j] = i == j ? Math.Sqrt(sum) : sum / lower[j, j];
            }
        }

        return new Cholesky(lower);
    }

    /// <summary><c>L^-1 b</c>.</summary>
    internal double[] SolveLower(double[] b)
    {
        double[] x = [.. b];
        for (int i = 0; i < Size; i++)
        {
            for (int k = 0; k < i; k++)
            {
                x[i] -= _lower[i, k] * x[k];
            }

            x[i] /= _lower[i, i];
        }

        return x;
    }

    /// <summary><c>A^-1 b</c>.</summary>
    internal double[] Solve(double[] b)
    {
        double[] x = SolveLower(b);
        for (int i = Size - 1; i >= 0; i--)
        {
            for (int k = i + 1; k < Size; k++)
            {
                x[i] -= _lower[k, i] * x[k];
            }

            x[i] /= _lower[i, i];
        }

        return x;
    }

    /// <summary>Natural logarithm of the determinant of A.</summary>
    internal double LogDeterminant()
    {
        double sum = 0;
        for (int i = 0; i < Size; i++)
        {
            sum += 2 * Math.Log(_lower[i, i]);
        }

        return sum;
    }
}
