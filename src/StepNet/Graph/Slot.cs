namespace StepNet.Graph;

/// <summary>A number that may change from step to step without a new trace: a learning rate, an h under a schedule.</summary>
/// <param name="name">Asked when needed: a module's path is known once it has its place in a model.</param>
/// <param name="initial">Value until an executor is told another.</param>
public sealed class Slot(Func<string> name, double initial)
{
    /// <summary>A slot of a fixed name.</summary>
    public Slot(string name, double initial)
        : this(() => name, initial)
    {
    }

    /// <summary>Name, such as <c>lr</c> or <c>layer1.0.step</c>.</summary>
    public string Name => name();

    /// <summary>Value until an executor is told another.</summary>
    public double Initial { get; } = initial;

    /// <inheritdoc/>
    public override string ToString() => $"{Name} = {Initial}";
}
