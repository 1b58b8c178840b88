using System.Numerics;

namespace StepNet.Experiments.Dynamics;

/// <summary>Eigenvalues of a small real matrix.</summary>
internal static class Eigenvalues
{
    private const int MaxSweeps = 200;

    /// <summary>
    /// The QR algorithm in complex numbers, with Wilkinson's shift and deflation (Golub and Van Loan, Matrix Computations,
    /// section 7.5): a sweep replaces <c>A - mu I = Q R</c> by <c>R Q + mu I</c>.
    /// </summary>
    /// <exception cref="InvalidOperationException">No convergence, or numbers that are not finite.</exception>
    internal static Complex[] Of(double[,] matrix)
    {
        int n = matrix.GetLength(0);
        Complex[,] a = new Complex[n, n];
        for (int i = 0; i < n; i++)
        {
            for (int j = 0; j < n; j++)
            {
                a[i, j] = matrix[i, j];
            }
        }

        Complex[] values = new Complex[n];
        for (int size = n; size > 0; size--)
        {
            for (int sweep = 0; !Deflated(a, size); sweep++)
            {
                if (sweep == MaxSweeps)
                {
                    throw new InvalidOperationException("The eigenvalues did not converge. Give a matrix of moderate, finite numbers.");
                }

                // A shift of its own now and then, for what Wilkinson's leaves where it is.
                Complex shift = sweep % 11 == 10 ? a[size - 1, size - 1] + LastRow(a, size) : Wilkinson(a, size);
                Sweep(a, size, shift);
            }

            values[size - 1] = a[size - 1, size - 1];
        }

        return values;
    }

    private static double LastRow(Complex[,] a, int size) => Enumerable.Range(0, size - 1).Sum(j => Complex.Abs(a[size - 1, j]));

    private static bool Deflated(Complex[,] a, int size)
    {
        double scale = 0;
        for (int i = 0; i < size; i++)
        {
            for (int j = 0; j < size; j++)
            {
                scale = Math.Max(scale, Complex.Abs(a[i, j]));
            }
        }

        return LastRow(a, size) <= 1e-14 * scale;
    }

    // The eigenvalue of the last 2 x 2 block that lies nearer to its last element.
    private static Complex Wilkinson(Complex[,] a, int size)
    {
        (Complex p, Complex q) = (a[size - 2, size - 2], a[size - 2, size - 1]);
        (Complex r, Complex s) = (a[size - 1, size - 2], a[size - 1, size - 1]);
        Complex half = (p - s) / 2, root = Complex.Sqrt((half * half) + (q * r));
        Complex first = s + half + root, second = s + half - root;
        return Complex.Abs(first - s) < Complex.Abs(second - s) ? first : second;
    }

    // Q by Gram and Schmidt, twice over the columns, which keeps it orthogonal to rounding.
    private static void Sweep(Complex[,] a, int size, Complex shift)
    {
        Complex[,] q = new Complex[size, size], r = new Complex[size, size];
        for (int j = 0; j < size; j++)
        {
            Complex[] v = [.. Enumerable.Range(0, size).Select(i => a[i, j] - (i == j ? shift : 0))];
            double before = Norm(v);
            for (int pass = 0; pass < 2; pass++)
            {
                for (int k = 0; k < j; k++)
                {
                    Complex dot = Complex.Zero;
                    for (int i = 0; i < size; i++)
                    {
                        dot += Complex.Conjugate(q[i, k]) * v[i];
                    }

                    r[k, j] += dot;
                    for (int i = 0; i < size; i++)
                    {
                        v[i] -= dot * q[i, k];
                    }
                }
            }

            // A column that the others span: an exact eigenvalue as the shift. Its place in Q may be anything orthogonal.
            double norm = Norm(v);
            bool spanned = norm <= 1e-15 * before || before == 0;
            r[j, j] = spanned ? Complex.Zero : norm;
            v = spanned ? Orthogonal(q, size, j) : [.. v.Select(value => value / norm)];
            for (int i = 0; i < size; i++)
            {
                q[i, j] = v[i];
            }
        }

        for (int i = 0; i < size; i++)
        {
            for (int j = 0; j < size; j++)
            {
                Complex total = i == j ? shift : Complex.Zero;
                for (int k = i; k < size; k++)
                {
                    total += r[i, k] * q[k, j];
                }

                a[i, j] = total;
            }
        }
    }

    private static Complex[] Orthogonal(Complex[,] q, int size, int columns)
    {
        Complex[] best = [];
        double bestNorm = -1;
        for (int unit = 0; unit < size; unit++)
        {
            Complex[] v = new Complex[size];
            v[unit] = 1;
            for (int k = 0; k < columns; k++)
            {
                Complex dot = Complex.Conjugate(q[unit, k]);
                for (int i = 0; i < size; i++)
                {
                    v[i] -= dot * q[i, k];
                }
            }

            (best, bestNorm) = Norm(v) > bestNorm ? (v, Norm(v)) : (best, bestNorm);
        }

        return [.. best.Select(value => value / bestNorm)];
    }

    private static double Norm(Complex[] v) => Math.Sqrt(v.Sum(value => (value.Real * value.Real) + (value.Imaginary * value.Imaginary)));
}
