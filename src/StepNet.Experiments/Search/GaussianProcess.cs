namespace StepNet.Experiments.Search;

/// <summary>
/// Gaussian process regression with the Matern-5/2 kernel, noise and a constant mean (Rasmussen and Williams 2006, algorithm 2.1):
/// a curve through noisy observations together with how sure it is.
/// </summary>
public sealed class GaussianProcess
{
    private readonly double[][] _inputs;
    private readonly Cholesky _factor;
    private readonly double[] _weights;
    private readonly double _mean;

    /// <summary>Conditions the process on observations.</summary>
    /// <param name="inputs">Points, all of one dimension.</param>
    /// <param name="outputs">One a point.</param>
    /// <param name="kernel">Smoothness, scale and noise.</param>
    /// <exception cref="ArgumentException">The numbers of points and outputs differ or are 0, or the kernel's matrix is not positive definite.</exception>
    public GaussianProcess(IReadOnlyList<double[]> inputs, IReadOnlyList<double> outputs, MaternKernel kernel)
    {
        ArgumentNullException.ThrowIfNull(inputs);
        ArgumentNullException.ThrowIfNull(outputs);
        ArgumentNullException.ThrowIfNull(kernel);
        if (inputs.Count == 0 || inputs.Count != outputs.Count)
        {
            throw new ArgumentException($"{inputs.Count} points and {outputs.Count} outputs; expected as many of both, at least one.", nameof(outputs));
        }

        (_inputs, Kernel, _mean) = ([.. inputs], kernel, outputs.Average());
        double[] centred = [.. outputs.Select(output => output - _mean)];
        _factor = Cholesky.Of(kernel.Matrix(_inputs))
            ?? throw new ArgumentException("The kernel's matrix is not positive definite: points coincide without noise. Raise the noise.", nameof(kernel));
        _weights = _factor.Solve(centred);
        double fit = 0;
        for (int i = 0; i < centred.Length; i++)
        {
            fit += centred[i] * _weights[i];
        }

        LogLikelihood = -0.5 * (fit + _factor.LogDeterminant() + (centred.Length * Math.Log(2 * Math.PI)));
    }

    /// <summary>The kernel in use.</summary>
    public MaternKernel Kernel { get; }

    /// <summary>Logarithm of the marginal likelihood of the observations: what <see cref="Fit"/> makes large.</summary>
    public double LogLikelihood { get; }

    /// <summary>Mean and standard deviation of the curve, without the noise of an observation, at a point.</summary>
    public (double Mean, double StandardDeviation) Predict(double[] point)
    {
        ArgumentNullException.ThrowIfNull(point);
        double[] covariance = [.. _inputs.Select(input => Kernel.Covariance(input, point))];
        double mean = _mean, variance = Kernel.Variance;
        for (int i = 0; i < covariance.Length; i++)
        {
            mean += covariance[i] * _weights[i];
        }

        foreach (double value in _factor.SolveLower(covariance))
        {
            variance -= value * value;
        }

        return (mean, Math.Sqrt(Math.Max(variance, 0)));
    }

    /// <summary>Conditions on observations with the kernel under which they are most likely, found by coordinate search in log space.</summary>
    /// <param name="inputs">Points in the unit cube.</param>
    /// <param name="outputs">One a point.</param>
    public static GaussianProcess Fit(IReadOnlyList<double[]> inputs, IReadOnlyList<double> outputs)
    {
        ArgumentNullException.ThrowIfNull(inputs);
        ArgumentNullException.ThrowIfNull(outputs);
        double mean = outputs.Average();
        double spread = Math.Max(outputs.Average(output => (output - mean) * (output - mean)), 1e-12);
        GaussianProcess? best = null;
        foreach (double length in (double[])[0.1, 0.3, 1])
        {
            MaternKernel start = new([.. inputs[0].Select(_ => length)], spread, 1e-4 * spread);
            best = Better(best, Climb(inputs, outputs, start, spread));
        }

        return best!;
    }

    private static GaussianProcess Climb(IReadOnlyList<double[]> inputs, IReadOnlyList<double> outputs, MaternKernel start, double spread)
    {
        GaussianProcess best = new(inputs, outputs, start);
        for (double factor = 3; factor > 1.05; factor = Math.Sqrt(factor))
        {
            for (bool improved = true; improved;)
            {
                GaussianProcess before = best;
                foreach (MaternKernel kernel in best.Kernel.Neighbours(factor, spread))
                {
                    best = Better(best, new GaussianProcess(inputs, outputs, kernel))!;
                }

                improved = best.LogLikelihood > before.LogLikelihood + 1e-6;
            }
        }

        return best;
    }

    private static GaussianProcess Better(GaussianProcess? a, GaussianProcess b) => a is null || b.LogLikelihood > a.LogLikelihood ? b : a;
}
