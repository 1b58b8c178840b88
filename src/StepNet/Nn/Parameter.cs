using StepNet.Graph;

namespace StepNet.Nn;

/// <summary>A trained variable of a module.</summary>
public sealed class Parameter : Variable
{
    private readonly Module _owner;

    internal Parameter(Module owner, string localName, Shape shape, Initializer initializer, bool decays)
        : base(localName, shape)
    {
        _owner = owner;
        Initializer = initializer;
        Decays = decays;
    }

    /// <summary>Dotted name: the module's path and the local name.</summary>
    public override string Name => Module.Join(_owner.Path, LocalName);

    /// <summary>How it starts.</summary>
    public Initializer Initializer { get; }

    /// <summary>Whether weight decay applies: not to the skip weight s and the step factor h.</summary>
    public bool Decays { get; }
}
