namespace StepNet.Tests.Parity;

/// <summary>Relative L2 errors of named tensors, held against one tolerance.</summary>
internal sealed class Errors(double tolerance)
{
    // A smaller tensor is held to this size instead of its own. Only what is zero but for rounding is smaller: the shift of a
    // projection's norm where every reader of its block is a norm too (1e-17; the smallest other gradient here has 8e-4).
    private const double Floor = 1e-4;

    private readonly Dictionary<string, double> _errors = [];

    /// <summary>One line for each tensor beyond the tolerance.</summary>
    public List<string> Faults { get; } = [];

    public double this[string name] => _errors[name];

    /// <summary>L2 norm.</summary>
    public static double Norm(double[] values) => Math.Sqrt(values.Sum(value => value * value));

    /// <summary>Compares a tensor.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="expected">PyTorch's.</param>
    /// <param name="actual">Ours.</param>
    /// <param name="floor">Size that a smaller tensor is held to, where it is more than the usual.</param>
    public void Add(string name, double[] expected, double[] actual, double floor = 0)
    {
        Assert.Equal(expected.Length, actual.Length);
        double norm = Norm(expected);
        double error = Norm([.. expected.Zip(actual, (e, a) => e - a)]) / Math.Max(norm, Math.Max(floor, Floor));
        _errors.Add(name, error);
        if (!(error <= tolerance))
        {
            Faults.Add($"{name}: relative error {error:g3}, at most {tolerance:g3} allowed; PyTorch's norm {norm:g3}");
        }
    }

    public override string ToString()
    {
        (string worst, double error) = _errors.MaxBy(pair => pair.Value);
        return $"largest relative error {error:g3} ({worst}) of {_errors.Count} tensors";
    }
}
