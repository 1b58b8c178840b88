using StepNet.Experiments.Search;
using StepNet.Kernels;

namespace StepNet.Tests.Experiments;

/// <summary>The Gaussian process against its closed form, the search against chance.</summary>
public sealed class SearchTests
{
    private static readonly double[][] s_points = [[0.1, 0.2], [0.4, 0.9], [0.8, 0.3], [0.5, 0.5], [0.95, 0.95]];
    private static readonly double[] s_outputs = [1.0, -0.5, 2.0, 0.3, 0.7];

    // mean + k^T (K + noise I)^-1 (y - mean) and k(x, x) - k^T (K + noise I)^-1 k, with the inverse by elimination.
    [Fact]
    public void Predict_Anywhere_EqualsTheClosedForm()
    {
        MaternKernel kernel = new([0.4, 0.6], 1.7, 0.01);
        GaussianProcess process = new(s_points, s_outputs, kernel);
        double[,] inverse = Inverse(kernel.Matrix(s_points));
        double centre = s_outputs.Average();
        foreach (double[] at in (double[][])[[0.1, 0.2], [0.3, 0.3], [0.0, 1.0], [0.77, 0.51]])
        {
            double[] k = [.. s_points.Select(point => kernel.Covariance(point, at))];
            double mean = centre, variance = kernel.Covariance(at, at);
            for (int i = 0; i < k.Length; i++)
            {
                for (int j = 0; j < k.Length; j++)
                {
                    mean += k[i] * inverse[i, j] * (s_outputs[j] - centre);
                    variance -= k[i] * inverse[i, j] * k[j];
                }
            }

            (double predicted, double deviation) = process.Predict(at);
            Assert.Equal(mean, predicted, 1e-8);
            Assert.Equal(Math.Sqrt(variance), deviation, 1e-8);
        }
    }

    [Fact]
    public void Predict_WithoutNoise_GoesThroughTheObservations()
    {
        GaussianProcess process = new(s_points, s_outputs, new MaternKernel([0.4, 0.6], 1.7, 0));
        for (int i = 0; i < s_points.Length; i++)
        {
            (double mean, double deviation) = process.Predict(s_points[i]);
            Assert.Equal(s_outputs[i], mean, 1e-8);
            Assert.Equal(0, deviation, 1e-6);
        }
    }

    [Fact]
    public void LogLikelihood_OfTwoPoints_EqualsTheNormalDensity()
    {
        MaternKernel kernel = new([0.5], 2, 0.1);
        double[][] points = [[0.0], [0.3]];
        double v = 2.1, c = kernel.Covariance(points[0], points[1]), determinant = (v * v) - (c * c);

        // Outputs 1 and -1 around mean 0: y^T K^-1 y = 2 (v + c) / det.
        double expected = -0.5 * ((2 * (v + c) / determinant) + Math.Log(determinant) + (2 * Math.Log(2 * Math.PI)));
        Assert.Equal(expected, new GaussianProcess(points, [1, -1], kernel).LogLikelihood, 1e-10);
    }

    [Fact]
    public void Fit_ASmoothCurve_FindsAKernelThatPredictsIt()
    {
        double[][] points = [.. Enumerable.Range(0, 12).Select(i => new[] { i / 11.0 })];
        GaussianProcess process = GaussianProcess.Fit(points, [.. points.Select(p => Math.Sin(6 * p[0]))]);
        Assert.Equal(Math.Sin(6 * 0.47), process.Predict([0.47]).Mean, 0.02);
    }

    [Fact]
    public void ExpectedImprovement_ByHand()
    {
        Assert.Equal(1 / Math.Sqrt(2 * Math.PI), BayesianSearch.ExpectedImprovement(0, 1, 0), 1e-6);
        Assert.Equal(3, BayesianSearch.ExpectedImprovement(3, 0, 0));
        Assert.Equal(0, BayesianSearch.ExpectedImprovement(-3, 0, 0));
        Assert.Equal(1.083_315, BayesianSearch.ExpectedImprovement(1, 1, 0), 1e-5);
    }

    // Branin's function, smallest 0.397887 at three places.
    [Fact]
    public void Propose_TwentyTrials_BeatsChanceForMostSeeds()
    {
        SearchAxis[] axes = [new("x", -5, 10, Log: false), new("y", 0, 15, Log: false)];
        int wins = 0;
        for (ulong seed = 1; seed <= 50; seed++)
        {
            BayesianSearch search = new(axes, seed);
            List<(double[] Values, double Score)> seen = [];
            CounterRandom random = new(seed, 99);
            double best = double.NegativeInfinity;
            for (int trial = 0; trial < 20; trial++)
            {
                double[] values = search.Propose(seen);
                seen.Add((values, -Branin(values[0], values[1])));
                best = Math.Max(best, -Branin(random.NextUniform(-5, 10), random.NextUniform(0, 15)));
            }

            wins += seen.Max(trial => trial.Score) > best ? 1 : 0;
        }

        Assert.InRange(wins, 40, 50);
    }

    [Fact]
    public void Propose_TheSameObservations_IsTheSame()
    {
        SearchAxis[] axes = [new("step", 0.001, 10, Log: true)];
        List<(double[] Values, double Score)> seen = [];
        for (int trial = 0; trial < 8; trial++)
        {
            double[] values = new BayesianSearch(axes, 3).Propose(seen);
            Assert.Equal(values, new BayesianSearch(axes, 3).Propose(seen));
            Assert.InRange(values[0], 0.001, 10);
            seen.Add((values, -Math.Abs(Math.Log(values[0] / 0.1))));
        }
    }

    [Fact]
    public void Halving_NineOfOneToNineEpochs_KeepsAThirdEachTime()
    {
        SuccessiveHalving halving = new(9, 1, 9);
        Assert.Equal([(9, 1), (3, 3), (1, 9)], halving.Rungs);
        Assert.Equal([4, 0, 2], halving.Promote(0, [0.5, 0.1, 0.5, double.NaN, 0.9, 0, 0, 0, 0]));
        Assert.Empty(halving.Promote(2, [0.5]));
    }

    private static double Branin(double x, double y)
    {
        double a = y - (5.1 / (4 * Math.PI * Math.PI) * x * x) + (5 / Math.PI * x) - 6;
        return (a * a) + (10 * (1 - (1 / (8 * Math.PI))) * Math.Cos(x)) + 10;
    }

    // Gauss and Jordan.
    private static double[,] Inverse(double[,] matrix)
    {
        int n = matrix.GetLength(0);
        double[,] a = (double[,])matrix.Clone(), inverse = new double[n, n];
        for (int i = 0; i < n; i++)
        {
            inverse[i, i] = 1;
        }

        for (int column = 0; column < n; column++)
        {
            double pivot = a[column, column];
            for (int j = 0; j < n; j++)
            {
                a[column, j] /= pivot;
                inverse[column, j] /= pivot;
            }

            for (int row = 0; row < n; row++)
            {
                double factor = row == column ? 0 : a[row, column];
                for (int j = 0; j < n; j++)
                {
                    a[row, j] -= factor * a[column, j];
                    inverse[row, j] -= factor * inverse[column, j];
                }
            }
        }

        return inverse;
    }

    // The best lies between two whole numbers that are known: what is proposed is one that is not.
    [Fact]
    public void Propose_WholeNumbers_AreNotProposedTwice()
    {
        BayesianSearch search = new([new SearchAxis("n", 1, 8, Log: false) { Integer = true }], seed: 3);
        List<(double[] Values, double Score)> seen = [];
        for (int i = 0; i < 8; i++)
        {
            double n = Math.Round(search.Propose(seen)[0]);
            seen.Add(([n], -Math.Pow(n - 4.4, 2)));
        }

        // The first few are spread, without a look at what is known.
        Assert.InRange(seen.Select(one => one.Values[0]).Distinct().Count(), 6, 8);
        Assert.Equal(seen.Skip(4).Count(), seen.Skip(4).Select(one => one.Values[0]).Distinct().Count());
    }
}
