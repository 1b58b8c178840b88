using StepNet.Graph;

namespace StepNet.Nn;

/// <summary>Initial values of parameters.</summary>
public static class Initializers
{
    /// <summary>He et al. 2015, normal, fan-in: standard deviation <c>sqrt(2 / (in kH kW))</c>, made for ReLU.</summary>
    public static Initializer HeNormal { get; } = (values, shape, random) =>
    {
        double std = Math.Sqrt(2.0 / FanIn(shape));
        foreach (ref float value in values)
        {
            value = (float)(std * random.NextNormal());
        }
    };

    /// <summary>Uniform in <c>±1 / sqrt(in)</c>: PyTorch's start of a linear layer's weights.</summary>
    public static Initializer LinearUniform { get; } = (values, shape, random) =>
    {
        double bound = 1 / Math.Sqrt(FanIn(shape));
        foreach (ref float value in values)
        {
            value = (float)random.NextUniform(-bound, bound);
        }
    };

    /// <summary>The same number everywhere.</summary>
    public static Initializer Constant(double number) => (values, _, _) => values.Fill((float)number);

    /// <summary>Inputs that one output element sums over: <c>in kH kW</c> of <c>[out, in, kH, kW]</c>.</summary>
    internal static int FanIn(Shape shape) => shape.Dims.Length == 0 ? 1 : shape.ItemCount / shape.Dims[0];
}
