using System.Globalization;
using System.Numerics;
using StepNet.Nn;

namespace StepNet.Experiments.Dynamics;

/// <summary>
/// The linear system <c>x' = A x</c>: what a one-step method makes of it can be held against <c>x(t) = exp(A t) x(0)</c>.
/// <c>x' = -2.3 x</c> is figure 1 of Towards Robust ResNet.
/// </summary>
public sealed class LinearSystem
{
    /// <summary>Largest number of unknowns.</summary>
    public const int MaxSize = 16;

    // A part of an eigenvalue that is this small beside it is rounding: rotations keep their length.
    private const double Rounding = 1e-10;

    private readonly double[,] _matrix;

    /// <summary>A system of the given matrix.</summary>
    /// <param name="matrix">A, square, of 1 to <see cref="MaxSize"/> rows of finite numbers.</param>
    /// <exception cref="ArgumentException">It is not.</exception>
    public LinearSystem(double[,] matrix)
    {
        ArgumentNullException.ThrowIfNull(matrix);
        int rows = matrix.GetLength(0), columns = matrix.GetLength(1);
        if (rows != columns || rows is < 1 or > MaxSize)
        {
            throw new ArgumentException($"{rows} rows of {columns} numbers; x' = A x needs a square matrix of 1 to {MaxSize} rows.");
        }

        _matrix = (double[,])matrix.Clone();
        foreach (double value in _matrix)
        {
            _ = double.IsFinite(value) ? 0 : throw new ArgumentException("The matrix holds a number that is not finite. Give finite numbers.");
        }

        Eigenvalues = Dynamics.Eigenvalues.Of(_matrix);
    }

    /// <summary>Unknowns, d.</summary>
    public int Size => _matrix.GetLength(0);

    /// <summary>Eigenvalues of A; of equal ones each.</summary>
    public IReadOnlyList<Complex> Eigenvalues { get; }

    /// <summary>Reads rows between semicolons, numbers between commas: <c>0,1;-1,0</c>.</summary>
    /// <exception cref="FormatException">The text is no such matrix; the message is one line and says what is expected.</exception>
    public static LinearSystem Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        string[][] rows = [.. text.Split(';').Select(row => row.Split(','))];
        double[,] matrix = new double[rows.Length, rows[0].Length];
        for (int i = 0; i < rows.Length; i++)
        {
            if (rows[i].Length != rows[0].Length)
            {
                throw new FormatException($"'{text}': row {i + 1} has {rows[i].Length} numbers, the first {rows[0].Length}; expected rows of one length, such as 0,1;-1,0.");
            }

            for (int j = 0; j < rows[i].Length; j++)
            {
                matrix[i, j] = double.TryParse(rows[i][j], NumberStyles.Float, CultureInfo.InvariantCulture, out double value) ? value
                    : throw new FormatException($"'{text}': '{rows[i][j]}' is no number; expected numbers between commas, rows between semicolons, such as 0,1;-1,0.");
            }
        }

        try
        {
            return new LinearSystem(matrix);
        }
        catch (Exception e) when (e is ArgumentException or InvalidOperationException)
        {
            throw new FormatException($"'{text}': {e.Message}", e);
        }
    }

    /// <summary><c>A x</c>.</summary>
    public double[] Slope(double[] x)
    {
        ArgumentNullException.ThrowIfNull(x);
        return [.. Enumerable.Range(0, Size).Select(i => Enumerable.Range(0, Size).Sum(j => _matrix[i, j] * x[j]))];
    }

    /// <summary>The exact solution <c>exp(A t) x(0)</c>, to the rounding of doubles.</summary>
    /// <param name="start">x(0), of <see cref="Size"/> numbers.</param>
    /// <param name="time">t.</param>
    public double[] Exact(double[] start, double time)
    {
        double[,] scaled = new double[Size, Size];
        for (int i = 0; i < Size; i++)
        {
            for (int j = 0; j < Size; j++)
            {
                scaled[i, j] = time * _matrix[i, j];
            }
        }

        double[,] flow = MatrixExponential.Of(scaled);
        return [.. Enumerable.Range(0, Size).Select(i => Enumerable.Range(0, Size).Sum(j => flow[i, j] * start[j]))];
    }

    /// <summary>
    /// The stability limit: with every step up to it the method's solution stays bounded, <c>|R(h lambda)|</c> at most 1 for
    /// every eigenvalue (2 / 2.3 for Euler's method on <c>x' = -2.3 x</c>). 0 where no step does, as where the system itself
    /// grows or, for Euler's method and both of order 2, turns without friction; infinity where nothing moves.
    /// </summary>
    /// <remarks>
    /// At the limit itself, and for a system that only turns, an eigenvalue that comes several times with too few eigenvectors may
    /// still make the solution grow, as a power of the steps rather than exponentially.
    /// </remarks>
    public double StabilityLimit(Integrator method)
    {
        IReadOnlyList<double> polynomial = ButcherTableau.Of(method).StabilityPolynomial;
        double scale = Eigenvalues.Max(Complex.Abs);
        return Eigenvalues.Min(lambda => Complex.Abs(lambda) <= Rounding * scale ? double.PositiveInfinity
            : Reach(polynomial, lambda.Phase) / Complex.Abs(lambda));
    }

    /// <summary>The method's solution, step by step, beside the exact one.</summary>
    /// <param name="method">One-step method.</param>
    /// <param name="start">x(0), of <see cref="Size"/> numbers.</param>
    /// <param name="step">h, above 0.</param>
    /// <param name="steps">Steps, at least 0.</param>
    /// <exception cref="ArgumentException">The start has another length.</exception>
    public IReadOnlyList<TrajectoryPoint> Trajectory(Integrator method, double[] start, double step, int steps)
    {
        ArgumentNullException.ThrowIfNull(start);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(step);
        ArgumentOutOfRangeException.ThrowIfNegative(steps);
        if (start.Length != Size)
        {
            throw new ArgumentException($"A start of {start.Length} numbers for a system of {Size}. Give as many numbers as the matrix has rows.");
        }

        ButcherTableau tableau = ButcherTableau.Of(method);
        List<TrajectoryPoint> points = [new(0, 0, start, start)];
        double[] x = start;
        for (int n = 1; n <= steps; n++)
        {
            x = tableau.Step(Slope, x, step);
            points.Add(new TrajectoryPoint(n, n * step, x, Exact(start, n * step)));
        }

        return points;
    }

    // How far from 0 along the ray of this angle |R(z)| stays at most 1: the first root of |R|^2 - 1, a polynomial in |z|.
    private static double Reach(IReadOnlyList<double> polynomial, double angle)
    {
        // All regions of stability here lie within |z| < 3.
        const double End = 4, Width = 1e-3;
        double[] excess = new double[(2 * polynomial.Count) - 1];
        for (int j = 0; j < polynomial.Count; j++)
        {
            for (int k = 0; k < polynomial.Count; k++)
            {
                double turn = Math.Cos((j - k) * angle);
                excess[j + k] += polynomial[j] * polynomial[k] * (Math.Abs(turn) < Rounding ? 0 : turn);
            }
        }

        // |R|^2 = 1 at z = 0; the first power that is there decides whether there is any stable step. What is left of powers that
        // cancel would decide wrongly near 0.
        excess[0] = 0;
        excess = [.. excess.Select(c => Math.Abs(c) < Rounding ? 0 : c)];
        if (excess.FirstOrDefault(c => c != 0) > 0)
        {
            return 0;
        }

        double stable = 0;
        while (stable < End && At(stable + Width) <= 0)
        {
            stable += Width;
        }

        double unstable = stable + Width;
        for (int i = 0; i < 60; i++)
        {
            double middle = (stable + unstable) / 2;
            (stable, unstable) = At(middle) <= 0 ? (middle, unstable) : (stable, middle);
        }

        return stable;

        double At(double radius)
        {
            double value = 0;
            for (int i = excess.Length - 1; i >= 0; i--)
            {
                value = (value * radius) + excess[i];
            }

            return value;
        }
    }
}
