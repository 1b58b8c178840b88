namespace StepNet.Graph;

/// <summary>Numbers that outlive a step: a parameter, a running statistic, a momentum.</summary>
/// <remarks>
/// <see cref="Values"/> is the host's copy, in logical order (weights <c>[out, in, kH, kW]</c>). An executor takes its own
/// copy when it is made and works on that; reading back is explicit.
/// </remarks>
public class Variable
{
    private readonly float[] _values;

    /// <summary>A variable of the given values.</summary>
    /// <param name="name">Dotted name, unique in a model: <c>layer1.0.conv1.weight</c>.</param>
    /// <param name="shape">Unbatched shape.</param>
    /// <param name="values">Host copy, row-major; zeros where null.</param>
    public Variable(string name, Shape shape, float[]? values = null)
    {
        if (shape.Batched)
        {
            throw new ShapeMismatchException($"Variable '{name}': shape {shape} has a batch; what outlives a step has none.");
        }

        if (values is not null && values.Length != shape.ItemCount)
        {
            throw new ShapeMismatchException($"Variable '{name}': {values.Length} values for shape {shape}.");
        }

        LocalName = name;
        Shape = shape;
        _values = values ?? new float[shape.ItemCount];
    }

    /// <summary>Dotted name, unique in a model.</summary>
    public virtual string Name => LocalName;

    /// <summary>The name given at construction.</summary>
    protected string LocalName { get; }

    /// <summary>Unbatched shape.</summary>
    public Shape Shape { get; }

    /// <summary>Host copy, row-major.</summary>
    public virtual float[] Values => _values;

    /// <inheritdoc/>
    public override string ToString() => $"{Name} {Shape}";
}
