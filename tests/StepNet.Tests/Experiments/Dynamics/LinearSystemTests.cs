using System.Numerics;
using StepNet.Experiments.Dynamics;
using StepNet.Nn;

namespace StepNet.Tests.Experiments.Dynamics;

public sealed class LinearSystemTests
{
    [Theory]
    [InlineData(0.5)]
    [InlineData(-7)]
    [InlineData(40)]
    public void Exact_OneUnknown_IsTheExponential(double time) =>
        Assert.Equal(1, LinearSystem.Parse("-2.3").Exact([1], time)[0] / Math.Exp(-2.3 * time), tolerance: 1e-12);

    [Fact]
    public void Exact_Rotation_TurnsByTheAngle()
    {
        double[] x = LinearSystem.Parse("0,-1;1,0").Exact([1, 0], 30);

        Compute.AssertClose([Math.Cos(30), Math.Sin(30)], x, 1e-12);
    }

    [Fact]
    public void Exact_JordanBlock_HasTheTermInT()
    {
        // exp(t [[-1, 1], [0, -1]]) = e^-t [[1, t], [0, 1]].
        double[] x = LinearSystem.Parse("-1,1;0,-1").Exact([2, 3], 1.5);

        Compute.AssertClose([Math.Exp(-1.5) * (2 + (1.5 * 3)), Math.Exp(-1.5) * 3], x, 1e-13);
    }

    [Fact]
    public void Exact_OfASum_IsTheExactOfTheRest()
    {
        LinearSystem system = new(Random(5, seed: 3));
        double[] start = Compute.Uniform(5, seed: 4);

        Compute.AssertClose(system.Exact(start, 1.7), system.Exact(system.Exact(start, 0.6), 1.1), 1e-12);
    }

    [Theory]
    [InlineData(2)]
    [InlineData(6)]
    [InlineData(16)]
    public void Eigenvalues_OfATurnedMatrix_AreThoseItWasMadeFrom(int size)
    {
        // B = (I + c r^T) D (I + c r^T)^-1, with pairs 0.3 k +- k i and reals on D's blocks.
        double[] c = Compute.Uniform(size, seed: 1), r = Compute.Uniform(size, seed: 2);
        double inner = 1 + c.Zip(r, (a, b) => a * b).Sum();
        double[,] d = new double[size, size];
        List<Complex> expected = [];
        for (int i = 0; i + 1 < size; i += 2)
        {
            (d[i, i], d[i, i + 1], d[i + 1, i], d[i + 1, i + 1]) = (0.3 * i, i + 1, -i - 1, 0.3 * i);
            expected.AddRange([new(0.3 * i, i + 1), new(0.3 * i, -i - 1)]);
        }

        double[,] left = Product(Shear(1), d), matrix = Product(left, Shear(-1 / inner));

        Complex[] actual = [.. new LinearSystem(matrix).Eigenvalues];

        Assert.All(expected, value => Assert.True(actual.Min(a => Complex.Abs(a - value)) < 1e-9, $"{value} is missing"));

        double[,] Shear(double factor)
        {
            double[,] shear = new double[size, size];
            for (int i = 0; i < size; i++)
            {
                for (int j = 0; j < size; j++)
                {
                    shear[i, j] = (i == j ? 1 : 0) + (factor * c[i] * r[j]);
                }
            }

            return shear;
        }
    }

    // The known ends of the regions of stability: on the real axis 2, 2, 2 and 2.785, on the imaginary one 0, 0, 0 and sqrt 8.
    [Theory]
    [InlineData("-2.3", Integrator.Euler, 2 / 2.3)]
    [InlineData("-2.3", Integrator.Midpoint, 2 / 2.3)]
    [InlineData("-2.3", Integrator.Heun, 2 / 2.3)]
    [InlineData("-1", Integrator.Rk4, 2.785293563405282)]
    [InlineData("0,1;-1,0", Integrator.Euler, 0)]
    [InlineData("0,1;-1,0", Integrator.Midpoint, 0)]
    [InlineData("0,1;-1,0", Integrator.Heun, 0)]
    [InlineData("0,2;-2,0", Integrator.Rk4, 1.4142135623730951)]
    [InlineData("-1,3;-3,-1", Integrator.Euler, 0.2)]
    [InlineData("-0.001,1;-1,-0.001", Integrator.Euler, 0.002 / 1.000001)]
    [InlineData("-1,0;0,-100", Integrator.Euler, 0.02)]
    [InlineData("0.1", Integrator.Rk4, 0)]
    [InlineData("0", Integrator.Euler, double.PositiveInfinity)]
    [InlineData("0,0;0,-4", Integrator.Euler, 0.5)]
    public void StabilityLimit_KnownSystem_IsTheKnownEnd(string matrix, Integrator method, double limit) =>
        Assert.Equal(limit, LinearSystem.Parse(matrix).StabilityLimit(method), tolerance: 1e-9);

    [Theory]
    [InlineData(Integrator.Euler)]
    [InlineData(Integrator.Midpoint)]
    [InlineData(Integrator.Heun)]
    [InlineData(Integrator.Rk4)]
    public void Trajectory_OnBothSidesOfTheLimit_ShrinksAndGrows(Integrator method)
    {
        LinearSystem system = LinearSystem.Parse("-1,4;-4,-1");
        double limit = system.StabilityLimit(method);

        Assert.True(Norm(system.Trajectory(method, [1, 0], 0.98 * limit, 2000)[^1].State) < 0.2);
        Assert.True(Norm(system.Trajectory(method, [1, 0], 1.02 * limit, 2000)[^1].State) > 5);

        static double Norm(IReadOnlyList<double> x) => Math.Sqrt(x.Sum(value => value * value));
    }

    [Theory]
    [InlineData(Integrator.Euler, 2)]
    [InlineData(Integrator.Midpoint, 4)]
    [InlineData(Integrator.Heun, 4)]
    [InlineData(Integrator.Rk4, 16)]
    public void Trajectory_HalfTheStep_HasItsOrdersErrorLess(Integrator method, double factor)
    {
        LinearSystem system = LinearSystem.Parse("-0.5,1;-1,-0.2");
        double Error(int steps) => system.Trajectory(method, [1, -1], 2.0 / steps, steps)[^1].Error;

        Assert.Equal(1, Error(32) / Error(64) / factor, tolerance: 0.1);
        Assert.Equal(1, Error(64) / Error(128) / factor, tolerance: 0.05);
    }

    [Fact]
    public void Trajectory_Euler_IsWorkedOutByHand()
    {
        IReadOnlyList<TrajectoryPoint> points = LinearSystem.Parse("-2.3").Trajectory(Integrator.Euler, [1], 0.5, 2);

        Assert.Equal([0, 0.5, 1], points.Select(point => point.Time));
        Compute.AssertClose([1, -0.15, 0.0225], [.. points.Select(point => point.State[0])], 1e-15);
        Assert.Equal(Math.Exp(-2.3) - 0.0225, points[2].Error, tolerance: 1e-14);
    }

    [Theory]
    [InlineData(Integrator.Euler, new double[] { 1, 1 })]
    [InlineData(Integrator.Midpoint, new double[] { 1, 1, 0.5 })]
    [InlineData(Integrator.Heun, new double[] { 1, 1, 0.5 })]
    [InlineData(Integrator.Rk4, new double[] { 1, 1, 0.5, 1 / 6.0, 1 / 24.0 })]
    public void StabilityPolynomial_EveryMethod_IsTheExponentialSeries(Integrator method, double[] series) =>
        Compute.AssertClose(series, [.. ButcherTableau.Of(method).StabilityPolynomial], 1e-15);

    [Theory]
    [InlineData("1,2", "1 rows of 2 numbers; x' = A x needs a square matrix of 1 to 16 rows.")]
    [InlineData("1,2;3", "row 2 has 1 numbers, the first 2; expected rows of one length, such as 0,1;-1,0.")]
    [InlineData("1,x;3,4", "'x' is no number; expected numbers between commas, rows between semicolons, such as 0,1;-1,0.")]
    [InlineData("", "'' is no number")]
    [InlineData("1e999", "The matrix holds a number that is not finite.")]
    public void Parse_NoMatrix_SaysWhatIsExpected(string text, string message) =>
        Assert.Contains(message, Assert.Throws<FormatException>(() => LinearSystem.Parse(text)).Message, StringComparison.Ordinal);

    private static double[,] Random(int size, ulong seed)
    {
        double[] values = Compute.Uniform(size * size, seed);
        double[,] matrix = new double[size, size];
        for (int i = 0; i < values.Length; i++)
        {
            matrix[i / size, i % size] = values[i];
        }

        return matrix;
    }

    private static double[,] Product(double[,] a, double[,] b)
    {
        int n = a.GetLength(0);
        double[,] product = new double[n, n];
        for (int i = 0; i < n; i++)
        {
            for (int j = 0; j < n; j++)
            {
                product[i, j] = Enumerable.Range(0, n).Sum(k => a[i, k] * b[k, j]);
            }
        }

        return product;
    }
}
