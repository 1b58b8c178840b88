using StepNet.Graph;

namespace StepNet.Nn;

/// <summary>
/// A step factor h or a skip weight s in its place in a model. A fixed one is a run-time number, which a schedule may change
/// without a new trace; a learned one is a parameter without weight decay. One object given to several blocks is shared.
/// </summary>
public sealed class Coefficient : Module
{
    private readonly Parameter? _parameter;
    private readonly Slot? _slot;

    internal Coefficient(CoefficientSpec spec)
    {
        Spec = spec;
        if (spec.Learned)
        {
            _parameter = Parameter("", Shape.Scalar, Initializers.Constant(spec.Value), decays: false);
        }
        else
        {
            _slot = new Slot(() => Path, spec.Value);
        }
    }

    /// <summary>A fixed number.</summary>
    public static implicit operator Coefficient(double value) => Fixed(value);

    /// <summary>A fixed number.</summary>
    public static Coefficient Fixed(double value) => new(new CoefficientSpec(value));

    /// <summary>A number trained from <paramref name="initial"/>.</summary>
    public static Coefficient Learned(double initial) => new(CoefficientSpec.LearnedFrom(initial));

    /// <summary>How it was made.</summary>
    public CoefficientSpec Spec { get; }

    /// <summary>The trained number; null where fixed.</summary>
    public Parameter? Trained => _parameter;

    /// <summary>The run-time number; null where learned.</summary>
    public Slot? Slot => _slot;

    /// <summary>The host's present value.</summary>
    public double Value => _parameter?.Values[0] ?? _slot!.Initial;

    /// <summary>The coefficient in a graph, <c>[]</c>.</summary>
    public Tensor In(ComputationGraph graph) => _parameter is not null ? graph.Read(_parameter) : graph.Read(_slot!);

    /// <summary>The coefficient in the graph of <paramref name="x"/>.</summary>
    protected override Tensor Forward(Tensor x) => In(x.Graph);
}
