using StepNet.Graph;
using StepNet.Nn;

namespace StepNet.Tests.Nn;

/// <summary>
/// A network of width 8 whose Jacobians can be written down: blocks <c>I(s x + h (W2 r(W1 x + b1) + b2))</c>, I and r the identity or
/// ReLU.
/// </summary>
internal sealed class SmallResidualNet : Module
{
    internal const int Width = 8;

    private readonly ResidualBlock[] _blocks;
    private readonly bool _reluInBranch;

    internal SmallResidualNet(ulong seed, int blocks, double h, double s, bool reluInBranch, bool reluBehind)
    {
        (_reluInBranch, ReluBehind, StepFactor, SkipWeight) = (reluInBranch, reluBehind, h, s);
        _blocks = [.. Enumerable.Range(0, blocks).Select(i => Child($"block{i}", new ResidualBlock(
            new Branch(reluInBranch), s, h, reluBehind ? Activation.Relu : Activation.Identity)))];
        Initialize(seed);
    }

    internal bool ReluBehind { get; }

    internal double StepFactor { get; }

    internal double SkipWeight { get; }

    /// <summary>Every block for one item, in double: what it reads, what it returns, dF/dx and dy/dx.</summary>
    internal IEnumerable<(double[] X, double[] F, double[] Y, double[,] Branch, double[,] Whole)> Exact(double[] x)
    {
        foreach (ResidualBlock block in _blocks)
        {
            float[][] p = [.. block.Branch.Parameters.Select(parameter => parameter.Values)];
            double[] r = Affine(p[0], p[1], x);
            double[,] jacobian = new double[Width, Width], whole = new double[Width, Width];
            for (int i = 0; i < Width; i++)
            {
                for (int j = 0; j < Width; j++)
                {
                    for (int k = 0; k < Width; k++)
                    {
                        jacobian[i, j] += !_reluInBranch || r[k] > 0 ? (double)p[2][(i * Width) + k] * p[0][(k * Width) + j] : 0;
                    }
                }
            }

            double[] f = Affine(p[2], p[3], _reluInBranch ? [.. r.Select(value => Math.Max(value, 0))] : r), y = new double[Width];
            for (int i = 0; i < Width; i++)
            {
                double sum = (SkipWeight * x[i]) + (StepFactor * f[i]);
                y[i] = ReluBehind ? Math.Max(sum, 0) : sum;
                for (int j = 0; j < Width; j++)
                {
                    whole[i, j] = ReluBehind && sum <= 0 ? 0 : (StepFactor * jacobian[i, j]) + (i == j ? SkipWeight : 0);
                }
            }

            yield return (x, f, y, jacobian, whole);
            x = y;
        }
    }

    protected override Tensor Forward(Tensor x) => _blocks.Aggregate(x, (value, block) => block.Apply(value));

    private static double[] Affine(float[] w, float[] b, double[] x) =>
        [.. Enumerable.Range(0, Width).Select(i => b[i] + Enumerable.Range(0, Width).Sum(j => w[(i * Width) + j] * x[j]))];

    private sealed class Branch : Module
    {
        private readonly Linear _first;
        private readonly Linear _second;
        private readonly bool _relu;

        internal Branch(bool relu)
        {
            _relu = relu;
            _first = Child("linear1", new Linear(Width, Width));
            _second = Child("linear2", new Linear(Width, Width));
        }

        protected override Tensor Forward(Tensor x)
        {
            Tensor r = _first.Apply(x);
            return _second.Apply(_relu ? Ops.Relu(r) : r);
        }
    }
}

/// <summary>Small matrices in double.</summary>
internal static class Matrices
{
    internal static double[,] Product(double[,] a, double[,] b)
    {
        int n = a.GetLength(0);
        double[,] c = new double[n, n];
        for (int i = 0; i < n; i++)
        {
            for (int j = 0; j < n; j++)
            {
                for (int k = 0; k < n; k++)
                {
                    c[i, j] += a[i, k] * b[k, j];
                }
            }
        }

        return c;
    }

    /// <summary>Largest singular value: the root of the largest eigenvalue of <c>A^T A</c>, by Jacobi's rotations.</summary>
    internal static double SpectralNorm(double[,] a)
    {
        int n = a.GetLength(0);
        double[,] m = new double[n, n];
        for (int i = 0; i < n; i++)
        {
            for (int j = 0; j < n; j++)
            {
                for (int k = 0; k < n; k++)
                {
                    m[i, j] += a[k, i] * a[k, j];
                }
            }
        }

        for (int sweep = 0; sweep < 30; sweep++)
        {
            for (int p = 0; p < n; p++)
            {
                for (int q = p + 1; q < n; q++)
                {
                    double angle = 0.5 * Math.Atan2(2 * m[p, q], m[p, p] - m[q, q]);
                    (double cos, double sin) = (Math.Cos(angle), Math.Sin(angle));
                    for (int k = 0; k < n; k++)
                    {
                        (m[k, p], m[k, q]) = ((cos * m[k, p]) + (sin * m[k, q]), (cos * m[k, q]) - (sin * m[k, p]));
                    }

                    for (int k = 0; k < n; k++)
                    {
                        (m[p, k], m[q, k]) = ((cos * m[p, k]) + (sin * m[q, k]), (cos * m[q, k]) - (sin * m[p, k]));
                    }
                }
            }
        }

        return Math.Sqrt(Enumerable.Range(0, n).Max(i => m[i, i]));
    }
}
