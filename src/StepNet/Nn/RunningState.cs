using StepNet.Graph;

namespace StepNet.Nn;

/// <summary>A variable that a module carries along but does not train, such as a running mean.</summary>
public sealed class RunningState : Variable
{
    private readonly Module _owner;

    internal RunningState(Module owner, string localName, Shape shape, float initial)
        : base(localName, shape)
    {
        _owner = owner;
        Initial = initial;
        Values.AsSpan().Fill(initial);
    }

    /// <summary>Dotted name: the module's path and the local name.</summary>
    public override string Name => Module.Join(_owner.Path, LocalName);

    /// <summary>Value of every element at the start.</summary>
    public float Initial { get; }
}
