using StepNet.Graph;
using StepNet.Kernels;

namespace StepNet.Nn;

/// <summary>A trained variable of a module.</summary>
public sealed class Parameter : Variable
{
    private readonly Module _owner;
    private Initializer _initializer;
    private volatile bool _drawn;

    internal Parameter(Module owner, string localName, Shape shape, Initializer initializer, ParameterKind kind)
        : base(localName, shape)
    {
        _owner = owner;
        _initializer = initializer;
        Kind = kind;
    }

    /// <summary>Dotted name: the module's path and the local name.</summary>
    public override string Name => Module.Join(_owner.Path, LocalName);

    /// <summary>Host copy, row-major. Drawn with seed 0 where nobody has drawn them: no one trains or runs on zeros by oversight.</summary>
    public override float[] Values
    {
        get
        {
            if (!_drawn)
            {
                Draw(0);
            }

            return base.Values;
        }
    }

    /// <summary>How it starts. A new one holds from the next draw on; values that nobody has drawn yet are its own.</summary>
    public Initializer Initializer
    {
        get => _initializer;
        set
        {
            ArgumentNullException.ThrowIfNull(value);
            _initializer = value;
        }
    }

    /// <summary>What it is to its module.</summary>
    public ParameterKind Kind { get; }

    /// <summary>Whether training leaves it as it is; see <see cref="Module.Freeze"/>.</summary>
    public bool IsFrozen => _owner.IsFrozen;

    /// <summary>Draws the values anew; they depend on the seed and the name alone.</summary>
    internal void Draw(ulong seed)
    {
        Initializer(base.Values, Shape, new CounterRandom(seed, CounterRandom.KeyOf(Name)));
        _drawn = true;
    }
}
