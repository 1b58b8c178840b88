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

    public void Add(string name, double[] expected, double[] actual)
    {
        Assert.Equal(expected.Length, actual.Length);
        double difference = 0, norm = 0;
        for (int i = 0; i < expected.Length; i++)
        {
            difference += Math.Pow(expected[i] - actual[i], 2);
            norm += Math.Pow(expected[i], 2);
        }

        norm = Math.Sqrt(norm);
        double error = Math.Sqrt(difference) / Math.Max(norm, Floor);
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
