using StepNet.Graph;
using StepNet.Nn;

namespace StepNet.Optim;

/// <summary>A rule that turns gradients into updates: it adds its nodes to the training graph.</summary>
/// <remarks>Settings are read when the updates are added.</remarks>
public abstract class Optimizer
{
    private readonly List<Variable> _state = [];
    private double? _clipNorm;
    private double? _clipValue;
    private Tensor? _stepsDone;

    /// <summary>Learning rate, set before each step.</summary>
    public Slot LearningRate { get; } = new("lr", 0.1);

    /// <summary>
    /// Largest norm of all gradients together, above 0; longer ones are scaled down to it (Pascanu et al. 2013). Null for none.
    /// </summary>
    public double? ClipNorm
    {
        get => _clipNorm;
        set => _clipNorm = value is double norm ? Settings.Positive(norm, nameof(ClipNorm)) : null;
    }

    /// <summary>Largest absolute value of a gradient's element, above 0, after <see cref="ClipNorm"/>. Null for none.</summary>
    public double? ClipValue
    {
        get => _clipValue;
        set => _clipValue = value is double limit ? Settings.Positive(limit, nameof(ClipValue)) : null;
    }

    /// <summary>What weight decay applies to.</summary>
    public DecayScope DecayScope { get; set; }

    /// <summary>What the rule remembers between steps, such as momenta and the number of steps done; all zero at the start.</summary>
    public IReadOnlyList<Variable> StateVariables => _state;

    /// <summary>Adds the update of every parameter that has a gradient.</summary>
    public void AddUpdates(ComputationGraph graph, IEnumerable<Parameter> parameters, IReadOnlyDictionary<Variable, Tensor> gradients)
    {
        if (_state.Count > 0)
        {
            throw new InvalidOperationException("This optimizer has a program already; its state would be shared. Make one for each.");
        }

        Parameter[] trained = [.. parameters.Where(gradients.ContainsKey)];
        Tensor[] clipped = Clip(graph, [.. trained.Select(parameter => gradients[parameter])]);
        for (int i = 0; i < trained.Length; i++)
        {
            AddUpdate(graph, trained[i], clipped[i]);
        }
    }

    /// <summary>Adds the update of one parameter.</summary>
    protected abstract void AddUpdate(ComputationGraph graph, Parameter parameter, Tensor gradient);

    /// <summary>A variable of the rule's own, zero at the start.</summary>
    protected Variable State(string name, Shape shape)
    {
        Variable variable = new(name, shape);
        _state.Add(variable);
        return variable;
    }

    /// <summary>Whether weight decay applies to a parameter.</summary>
    protected bool Decays(Parameter parameter) => parameter.Kind switch
    {
        ParameterKind.Weight => true,
        ParameterKind.Coefficient => false,
        _ => DecayScope == DecayScope.All,
    };

    /// <summary>Number of updates before this step, <c>[]</c>: a variable, so that a resumed run counts on. Exact up to 2^24.</summary>
    protected Tensor StepsDone(ComputationGraph graph)
    {
        if (_stepsDone is null)
        {
            Variable steps = State("optimizer.steps", Shape.Scalar);
            _stepsDone = graph.Read(steps);
            graph.Update(steps, Ops.Add(_stepsDone, graph.Add(new ConstantOp(1), []), "", 0));
        }

        return _stepsDone;
    }

    /// <summary>Adds a step of one of the library's rules, with state variables <c>PARAMETER.STATE</c>.</summary>
    private protected void AddUpdate(
        ComputationGraph graph, UpdateOp rule, Parameter parameter, Tensor gradient, string[] states, params Tensor[] numbers)
    {
        Variable[] remembered = [.. states.Select(state => State($"{parameter.Name}.{state}", parameter.Shape))];
        Node update = graph.AddNode(
            rule, [graph.Read(parameter), gradient, .. remembered.Select(graph.Read), graph.Read(LearningRate), .. numbers]);
        graph.Update(parameter, update.Outputs[0]);
        for (int i = 0; i < remembered.Length; i++)
        {
            graph.Update(remembered[i], update.Outputs[i + 1]);
        }
    }

    private Tensor[] Clip(ComputationGraph graph, Tensor[] gradients)
    {
        if (gradients.Length == 0 || (ClipNorm is null && ClipValue is null))
        {
            return gradients;
        }

        ClipGradientOp clip = new(ClipNorm ?? double.PositiveInfinity, ClipValue ?? double.PositiveInfinity);
        Tensor[] norm = clip.ByNorm ? [graph.Add(new GradientNormOp(gradients.Length), gradients)] : [];
        return [.. gradients.Select(gradient => graph.Add(clip, [gradient, .. norm]))];
    }
}
