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

    internal Coefficient(CoefficientSpec spec, int blocks, int channels)
    {
        Spec = spec;
        double start = spec.Start.At(blocks);
        if (spec.Learned)
        {
            _parameter = Parameter(
                "",
                spec.Kind == CoefficientKind.Channel ? Shape.Of(channels) : Shape.Scalar,
                spec.Kind == CoefficientKind.Normal ? Initializers.Normal(start) : Initializers.Constant(start),
                ParameterKind.Coefficient);
        }
        else
        {
            _slot = new Slot(() => Path, start);
        }
    }

    /// <summary>A fixed number.</summary>
    public static implicit operator Coefficient(double value) => Fixed(value);

    /// <summary>A fixed number.</summary>
    public static Coefficient Fixed(double value) => new CoefficientSpec(value).Create();

    /// <summary>A number trained from <paramref name="initial"/>.</summary>
    public static Coefficient Learned(double initial) => CoefficientSpec.LearnedFrom(initial).Create();

    /// <summary>How it was made.</summary>
    public CoefficientSpec Spec { get; }

    /// <summary>The trained numbers; null where fixed.</summary>
    public Parameter? Trained => _parameter;

    /// <summary>The run-time number; null where learned.</summary>
    public Slot? Slot => _slot;

    /// <summary>The host's present value; the mean over the channels where each has its own.</summary>
    public double Value => _parameter?.Values.Average(value => (double)value) ?? _slot!.Initial;

    /// <summary>The host's least present value over the channels.</summary>
    public double Least => _parameter?.Values.Min() ?? _slot!.Initial;

    /// <summary>The host's greatest present value over the channels.</summary>
    public double Greatest => _parameter?.Values.Max() ?? _slot!.Initial;

    /// <summary>The coefficient in a graph, <c>[]</c>, or <c>[C]</c> where each channel has its own.</summary>
    public Tensor In(ComputationGraph graph) => _parameter is not null ? graph.Read(_parameter) : graph.Read(_slot!);

    /// <summary>The coefficient in the graph of <paramref name="x"/>.</summary>
    protected override Tensor Forward(Tensor x) => In(x.Graph);
}
