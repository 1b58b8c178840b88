using StepNet.Graph;
using StepNet.Kernels;

namespace StepNet.Nn;

/// <summary>Initial values of parameters. "In" and "out" count the inputs of an output and the outputs of an input, kernel included.</summary>
public static class Initializers
{
    // Standard deviation of the standard normal distribution cut at two: what is drawn from it is widened by its inverse.
    private const double CutDeviation = 0.87962566103423978;

    /// <summary>He et al. 2015, normal: standard deviation <c>sqrt(2 / in)</c>, made for ReLU.</summary>
    public static Initializer HeNormal { get; } = Normal(shape => Math.Sqrt(2.0 / FanIn(shape)));

    /// <summary>He et al. 2015 by the backward pass: standard deviation <c>sqrt(2 / out)</c>; how torchvision's ResNets start.</summary>
    public static Initializer HeNormalByOutputs { get; } = Normal(shape => Math.Sqrt(2.0 / FanOut(shape)));

    /// <summary>He et al. 2015, uniform in <c>±sqrt(6 / in)</c>.</summary>
    public static Initializer HeUniform { get; } = Uniform(shape => Math.Sqrt(6.0 / FanIn(shape)));

    /// <summary>Glorot and Bengio 2010, normal: standard deviation <c>sqrt(2 / (in + out))</c>.</summary>
    public static Initializer XavierNormal { get; } = Normal(shape => Math.Sqrt(2.0 / (FanIn(shape) + FanOut(shape))));

    /// <summary>Glorot and Bengio 2010, uniform in <c>±sqrt(6 / (in + out))</c>: Keras's start of convolutions and linear layers.</summary>
    public static Initializer XavierUniform { get; } = Uniform(shape => Math.Sqrt(6.0 / (FanIn(shape) + FanOut(shape))));

    /// <summary>Uniform in <c>±1 / sqrt(in)</c>: PyTorch's start of weights (He uniform with a = sqrt 5), which is narrower than He's.</summary>
    public static Initializer LinearUniform { get; } = Uniform(shape => 1 / Math.Sqrt(FanIn(shape)));

    /// <summary>
    /// Normal of standard deviation <c>sqrt(2 / in)</c>, no value beyond 2.27 of these: drawn again beyond two, then widened to
    /// the full deviation (Keras's He normal).
    /// </summary>
    public static Initializer TruncatedNormal { get; } = (values, shape, random) =>
    {
        double scale = Math.Sqrt(2.0 / FanIn(shape)) / CutDeviation;
        foreach (ref float value in values)
        {
            double draw;
            do
            {
                draw = random.NextNormal();
            }
            while (Math.Abs(draw) > 2);

            value = (float)(scale * draw);
        }
    };

    /// <summary>
    /// Saxe et al. 2014: of the matrix <c>[out, in kH kW]</c> the rows are orthonormal or, where there are more rows than columns,
    /// the columns; uniformly among all such matrices.
    /// </summary>
    public static Initializer Orthogonal { get; } = (values, shape, random) =>
    {
        int columns = FanIn(shape), rows = values.Length / columns;
        double[][] vectors = Orthonormal(Math.Min(rows, columns), Math.Max(rows, columns), random);
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = (float)(rows <= columns ? vectors[i / columns][i % columns] : vectors[i % columns][i / columns]);
        }
    };

    /// <summary>Normal with mean 0.</summary>
    /// <param name="std">Standard deviation, at least 0.</param>
    public static Initializer Normal(double std) => Normal(_ => std);

    /// <summary>Uniform in <c>±bound</c>.</summary>
    /// <param name="bound">At least 0.</param>
    public static Initializer Uniform(double bound) => Uniform(_ => bound);

    /// <summary>The same number everywhere.</summary>
    public static Initializer Constant(double number) => (values, _, _) => values.Fill((float)number);

    /// <summary>What another draws, times one number.</summary>
    public static Initializer Scaled(Initializer initializer, double factor) => (values, shape, random) =>
    {
        initializer(values, shape, random);
        foreach (ref float value in values)
        {
            value = (float)(factor * value);
        }
    };

    /// <summary>Inputs that one output element sums over: <c>in kH kW</c> of <c>[out, in, kH, kW]</c>.</summary>
    internal static int FanIn(Shape shape) => shape.Dims.Length == 0 ? 1 : shape.ItemCount / shape.Dims[0];

    /// <summary>Output elements that one input element adds to: <c>out kH kW</c>.</summary>
    internal static int FanOut(Shape shape) => shape.Dims.Length < 2 ? 1 : shape.ItemCount / shape.Dims[1];

    private static Initializer Normal(Func<Shape, double> std) => (values, shape, random) =>
    {
        double scale = std(shape);
        foreach (ref float value in values)
        {
            value = (float)(scale * random.NextNormal());
        }
    };

    private static Initializer Uniform(Func<Shape, double> bound) => (values, shape, random) =>
    {
        double limit = bound(shape);
        foreach (ref float value in values)
        {
            value = (float)random.NextUniform(-limit, limit);
        }
    };

    // Modified Gram-Schmidt on normal vectors, in double: what it loses on a nearly dependent one is far below float32.
    private static double[][] Orthonormal(int count, int length, CounterRandom random)
    {
        double[][] vectors = new double[count][];
        for (int i = 0; i < count; i++)
        {
            double[] vector = vectors[i] = new double[length];
            for (int k = 0; k < length; k++)
            {
                vector[k] = random.NextNormal();
            }

            for (int j = 0; j < i; j++)
            {
                AddTimes(vector, vectors[j], -Dot(vector, vectors[j]));
            }

            double inverse = 1 / Math.Sqrt(Dot(vector, vector));
            for (int k = 0; k < length; k++)
            {
                vector[k] *= inverse;
            }
        }

        return vectors;

        static double Dot(double[] a, double[] b)
        {
            double sum = 0;
            for (int k = 0; k < a.Length; k++)
            {
                sum += a[k] * b[k];
            }

            return sum;
        }

        static void AddTimes(double[] into, double[] vector, double factor)
        {
            for (int k = 0; k < into.Length; k++)
            {
                into[k] += factor * vector[k];
            }
        }
    }
}
